from api.routing import choose_desk


def test_legal_words_go_to_people():
    assert choose_desk("My lawyer will call", "other", "calm", "free", 0) == "legal"


def test_an_angry_refund_goes_to_billing():
    assert choose_desk("I want my money", "refund", "angry", "free", 1) == "billing"


def test_a_plain_question_stays_with_the_assistant():
    assert choose_desk("How do I change my plan?", "account", "calm", "team", 2) == "assistant"
