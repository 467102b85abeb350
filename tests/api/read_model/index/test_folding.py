"""Folded text: a word lies in a text when it lies in one of the text's words."""

from hypothesis import given
from hypothesis import strategies as st

from api.read_model.index.folding import fold_text


@given(st.text(), st.text(max_size=3))
def test_a_word_is_in_a_text_when_it_is_in_one_of_the_texts_words(text: str, part: str) -> None:
    for word in fold_text(part).split():
        assert (word in fold_text(text)) is any(word in fold_text(written) for written in text.split())
