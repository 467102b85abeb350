"""The notifier: tells people what the facts call for, and writes down what became of each notification."""
