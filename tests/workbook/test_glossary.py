from workbook.catalogue import load_catalogue
from workbook.glossary import explained, terms


def names(*texts):
    return [term.name for term in explained(*texts)]


def test_terms_come_in_the_order_of_the_text():
    assert names("A canary keeps p95 within the SLO.") == ["canary", "p95", "SLO"]


def test_words_inside_words_and_lower_case_initials_do_not_count():
    assert names("spooled, indexing, ci, tokenization") == []


def test_every_term_is_one_short_line_and_occurs_in_the_catalogue():
    catalogue = load_catalogue()
    text = "\n".join(
        [one.asks for one in catalogue.items.values()]
        + [f"{one.title} {one.why} {one.ready_when}" for one in catalogue.controls.values()]
    )
    used = {term.name for term in explained(text)}
    for term in terms():
        assert len(term.means) <= 110, term.name
        assert "\n" not in term.means
    assert not {term.name for term in terms()} - used, "a term that no question uses is a line nobody reads"
