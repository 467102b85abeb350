"""The notifier: reads the facts, tells people, and keeps the ledger of who was told what."""
