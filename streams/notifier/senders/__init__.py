"""The senders: one kind of notification channel a file."""
