"""Text as searches compare it: without case and accents."""

from unicodedata import combining, normalize


def fold_text(text: str) -> str:
    """Return the text in lower case without Vietnamese accents, so that "hue" finds "Huế"."""
    if text.isascii():
        return text.lower()
    plain = "".join(letter for letter in normalize("NFD", text.lower()) if not combining(letter))
    return plain.replace("đ", "d")
