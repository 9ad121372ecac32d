"""What kinds of claims and verdicts are called in words, in the order in which they are listed."""

VERDICTS = {
    "supported": "Supported",
    "qualified": "Supported with a qualification",
    "contested": "Contested",
    "not_supported": "Not supported",
    "not_verified": "Not verified",
    "not_testable": "Not testable",
}
TYPES = {
    "fact-event": "Fact: event",
    "fact-numeric": "Fact: number",
    "fact-membership": "Fact: membership",
    "causal": "Cause",
    "interpretive": "Interpretation",
    "normative": "Value",
}
FACTS = [kind for kind in TYPES if kind.startswith("fact-")]
