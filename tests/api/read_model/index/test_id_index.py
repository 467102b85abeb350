"""The index of ids finds them by any substring and by their beginning, whatever ids come and go."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from api.read_model.index.folding import fold_text
from api.read_model.index.id_index import IdIndex

# Ids of incidents begin in the middle of what one container of a bitmap holds, and go on in the next.
FIRST_NUMBER = (1 << 16) - 6

some_ids = st.lists(st.text("aB1đÉ:\x00 ", max_size=6).map(lambda subject: f"s:{subject}"), min_size=1, max_size=12)


@given(some_ids, some_ids, st.text("ab1de:\x00", min_size=1, max_size=3), st.data())
@settings(max_examples=60)
def test_ids_are_found_by_any_part_and_by_their_beginning(
    first: list[str], second: list[str], part: str, data: st.DataObject
) -> None:
    ids: dict[int, str] = {}
    index = IdIndex(ids.__getitem__, data.draw(st.integers(1, 8)))
    for batch in (first, second):  # the second time other ids have the numbers
        for number, incident_id in enumerate(batch, FIRST_NUMBER):
            if number in ids:
                index.remove(number, ids[number])
            ids[number] = incident_id
            index.add(number, incident_id)
        within = data.draw(st.sets(st.sampled_from(sorted(ids))))
        folded = {number: fold_text(ids[number].partition(":")[2]) for number in within}
        bitmap = BitMap(within)
        assert set(index.containing(part, bitmap)) == {number for number in within if part in folded[number]}
        assert set(index.starting_with(part, bitmap)) == {
            number for number in within if folded[number].startswith(part)
        }
