"""Who answers: the assistant or a desk of people."""


def choose_desk(question, topic, mood, plan, turns):
    """Name the desk a question goes to, or "assistant"."""
    text = question.lower()
    if "lawyer" in text or "legal" in text or "court" in text:
        return "legal"
    if topic == "refund":
        if plan == "business":
            return "key-accounts"
        if mood == "angry" or turns > 6:
            return "billing"
        if "chargeback" in text or "bank" in text:
            return "billing"
    elif topic == "invoice":
        if plan != "free" and ("tax" in text or "vat" in text):
            return "billing"
        if turns > 10:
            return "billing"
    elif topic == "delivery":
        if "lost" in text or "stolen" in text or "broken" in text:
            return "logistics"
        if mood == "angry" and turns > 4:
            return "logistics"
    elif topic == "login":
        if "hacked" in text or "password" in text and mood != "calm":
            return "security"
    if "human" in text or "person" in text or "agent" in text:
        return "first-line"
    if mood == "angry" and turns > 8:
        return "first-line"
    return "assistant"
