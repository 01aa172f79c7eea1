"""What a model says beside its candidates: a final choice, a sum, a question to the user."""

from __future__ import annotations

import re

__all__ = ["closes", "is_remark", "is_sure_remark"]

_CLOSING = re.compile(
    r"[\s>#*_\-–•✅📌👉⭐🏆➡️\ufe0f\d.)]{0,16}(?:my |the |our |claude's |model's |your )?(?:\w+[ ]){0,1}?"
    r"(?:final (?:choice|selection|answer|pick|decision|response|recommendation|sample|result|output|note|thoughts?)\b"
    r"|selected\b|selection\b|chosen\b|choice\b|choose\b|recommend|sampled\b|winner\b|pick\b"
    r"|decision\b|conclusion\b|rationale\b|reasoning\b|explanation\b|note:|notes?\b|summary\b"
    r"|(?:total|sum)(?: (?:of )?(?:the |all )*(?:probabilit\w+|mass|weights?))?[\s*_]{0,3}[:：=≈][\s*_]{0,3}[~≈(]?[\d.]"
    r"|se selecciona|decisión|elección|selección|elegid|escolh|seleção|decisão|choix|auswahl|seçim"
    r"|выбор|итог|选定|选择|最终|採用|选中|推荐|选用|采用|選択|決定|選定|선택|최종|추천|결론|الاختيار|النهائي)",
    re.IGNORECASE,
)
_COLON = re.compile(r"[^\n:：]{0,40}[:：]")
_OPENS_REMARK = re.compile(
    r"[\s>#*_\-–•]{0,8}(?:let me know|feel free|(?:i )?hope |would you|do you|if you|want me|please"
    r"|note\b|these\b|those\b|each\b|all\b|both\b|the\b|my\b|i\b|i'(?:ve|d|ll|m)\b|here\b|in total|in sum|overall\b"
    r"|together\b|this\b|which\b|as you\b|probabilit|total\b|sum\b|since\b|because\b|among\b|of these|that'?s\b|today\b"
    r"|estas?\b|esas?\b|ces\b|les\b|diese|die\b|以上|这些|這些|上述|これら|위의|이상)",
    re.IGNORECASE,
)
_OF_THE_ANSWER = re.compile(
    r"\brespon(?:se|d)|\bprobabilit|\boptions?\b|\bcandidates?\b|\bdistribution|\bsampl(?:e|ing)|\bsuggestions?\b"
    r"|\bideas?\b|\bjokes\b|\bstories\b|\bpoems\b|\bversions\b|\bvariations\b|\banswers?\b|\bsum to\b|\badd up"
    r"|let me know|feel free|\bhope (?:this|these|that) help|\bof (?:these|them)\b|\brecommend|\belaborate\b"
    r"|\bmore of these\b|\bwould you like me\b"
    r"|respuestas|respostas|réponses|antworten|以上|这些|這些|上述|これら|위의|이상",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"[\s>#*_\-–•💡]{0,8}(?:"
    r"(?:note|disclaimer|caveat)?[\s*_:]{0,4}(?:these |the |all |sum of |of |total |stated |estimated |remaining ){0,3}"
    r"probabilit(?:y|ies)\b"
    r"|let me know if you(?:'d| would)? (?:like|want|need|prefer) (?:more|me|another|any|other|different|further|to)\b"
    r"|(?:would you like|do you want|want|shall i|should i)(?: me to)? "
    r"(?:expand|continue|elaborate|generate|write|explore|develop|refine)"
    r"|if you(?:'d like| want| prefer| wish|'d prefer)?,? i (?:can|could|'m happy)"
    r"|i(?:'ve| have)? (?:sampled|picked|chosen?|selected|drawn?|drew) (?:#|no|number|response|option|these|the|from)"
    r"|(?:i )?hope (?:that|this|these|one of (?:these|them)) help"
    r"|(?:these|those|the (?:above|following|five|\w+)) (?:\w+ ){0,2}"
    r"(?:responses|options|samples|candidates|probabilities|suggestions)\b"
    r"|these (?:range|sum|add|span|cover|represent|are (?:sampled|drawn|samples)|were)\b"
    r"|each of (?:these|the) (?:\w+ )?(?:responses|options|samples|candidates)|why these\b|total\s?[=:]|sum\s?[=:])",
    re.IGNORECASE,
)


def closes(line: str) -> bool:
    """Whether a line begins a closing remark ("Final choice: …")."""
    match = _CLOSING.match(line)
    if match is None:
        return False
    # A word of choice alone may begin an answer; as a heading, or before a colon, it announces one.
    announced = line.lstrip().startswith(("#", "**", "__", "✅", "📌", "⭐", "🏆", "---"))
    return announced or match[0][-1:].isdigit() or _COLON.match(line, match.end()) is not None


def is_remark(line: str) -> bool:
    """Whether a paragraph may speak of the answer as a whole, or to the user; a letter or a speech may as well."""
    if closes(line) or is_sure_remark(line):
        return True
    return _OPENS_REMARK.match(line) is not None and _OF_THE_ANSWER.search(line) is not None


def is_sure_remark(line: str) -> bool:
    """Whether a paragraph can only speak of the answer as a whole."""
    return _SURE.match(line) is not None
