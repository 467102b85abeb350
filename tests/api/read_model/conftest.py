"""Small limits, so that a few incidents already split blocks, fill buffers and turn arrays into bitmaps."""

from collections.abc import Iterator

import pytest

from api.read_model.index import id_index, search, sorted_index, text_index


@pytest.fixture(autouse=True, scope="package")
def small_limits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_index, "_BLOCK", 2)
        patch.setattr(text_index, "_MAX_ARRAY", 2)
        patch.setattr(text_index, "_MAX_PENDING", 3)
        patch.setattr(id_index, "_MAX_PENDING", 3)
        patch.setattr(search, "_MAX_SORTED", 3)
        yield
