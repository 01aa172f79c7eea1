"""The names that models give to the parts of a candidate, in the languages they write in."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "NAME_WORDS",
    "PROBABILITY_WORDS",
    "ROOT_WORDS",
    "TEXT_WORDS",
    "is_alternative",
    "is_aside",
    "is_bookkeeping",
    "is_percent_name",
    "is_probability",
    "is_reasoning",
    "is_setting",
    "is_title",
    "is_wrapper",
    "normalised",
    "phrases",
    "probability_rank",
    "text_rank",
    "words",
]

# Single letters and costs are names of fields, but too short or too rare to look for in prose.
_SHORT = ("p", "prob", "pr", "prob.", "pct", "nll", "perplexity", "ppl", "logprob", "surprisal")
PROBABILITY_WORDS = (
    *("probability", "probabilities", "likelihood", "confidence", "chance", "score", "weight", "percentage", "percent"),
    *("typicality", "negative log likelihood", "log likelihood", "log probability", "odds"),
    *("probabilidad", "probabilidade", "probabilité", "wahrscheinlichkeit", "probabilità", "probabilitate"),
    *(
        "olasılık",
        "olasilik",
        "kemungkinan",
        "probabilitas",
        "kebarangkalian",
        "xác suất",
        "waarschijnlijkheid",
        "kans",
    ),
    *("вероятность", "ймовірність", "prawdopodobieństwo", "pravděpodobnost", "pravdepodobnosť", "valószínűség"),
    *("sannolikhet", "sandsynlighed", "sannsynlighet", "todennäköisyys", "πιθανότητα", "vjerojatnost", "verovatnoća"),
    *(
        "概率",
        "機率",
        "几率",
        "機會率",
        "可能性",
        "確率",
        "확률",
        "가능성",
        "สัดส่วน",
        "ความน่าจะเป็น",
        "संभावना",
        "प्रायिकता",
        "সম্ভাবনা",
    ),
    *(
        "الاحتمالية",
        "الاحتمال",
        "احتمالية",
        "احتمال",
        "הסתברות",
        "סבירות",
        "confianza",
        "confiança",
        "confiance",
        "置信度",
    ),
    *("конфиденс", "уверенность", "güven", "peluang", "信頼度", "신뢰도"),
)
TEXT_WORDS = (
    *("text", "response", "answer", "content", "completion", "output", "candidate", "generation", "message", "idea"),
    *("option", "suggestion", "reply", "sentence", "statement", "joke", "story", "poem", "quote", "body", "value"),
    *("result", "response_text", "answer_text", "generated_text", "output_text", "text_response", "prompt", "query"),
    *(
        "文本",
        "回答",
        "回复",
        "回覆",
        "答案",
        "内容",
        "內容",
        "回应",
        "テキスト",
        "応答",
        "本文",
        "텍스트",
        "응답",
        "답변",
        "내용",
    ),
    *("texto", "respuesta", "contenido", "resposta", "conteúdo", "texte", "réponse", "antwort", "inhalt", "testo"),
    *(
        "risposta",
        "metin",
        "yanıt",
        "cevap",
        "teks",
        "jawaban",
        "tanggapan",
        "văn bản",
        "câu trả lời",
        "текст",
        "ответ",
    ),
    *("відповідь", "odpowiedź", "tekst", "النص", "نص", "الرد", "الإجابة", "إجابة", "पाठ", "उत्तर", "טקסט", "תשובה"),
)
ROOT_WORDS = (
    *("response", "answer", "candidate", "option", "idea", "item", "completion", "suggestion", "variant", "choice"),
    *("alternative", "approach", "concept", "entry", "sample", "generation", "result", "output", "proposal", "version"),
    *("reply", "theme", "direction", "joke", "story", "poem", "scenario", "possibility", "prompt", "example", "quote"),
    *("respuesta", "opción", "opcion", "propuesta", "resposta", "opção", "proposta", "réponse", "antwort", "variante"),
    *(
        "risposta",
        "opzione",
        "opsi",
        "jawaban",
        "yanıt",
        "seçenek",
        "cevap",
        "ответ",
        "вариант",
        "відповідь",
        "варіант",
    ),
    *(
        "回答",
        "回复",
        "回覆",
        "响应",
        "回應",
        "方案",
        "选项",
        "選項",
        "候选",
        "候選",
        "候補",
        "答案",
        "応答",
        "案",
        "選択肢",
        "响应示例",
    ),
    *(
        "응답",
        "답변",
        "옵션",
        "후보",
        "방안",
        "الرد",
        "الإجابة",
        "إجابة",
        "الخيار",
        "خيار",
        "اقتراح",
        "odpowiedź",
        "opcja",
    ),
)
NAME_WORDS = (
    *("title", "name", "theme", "heading", "headline", "theme name", "idea name", "label", "titre", "nombre", "nome"),
    *(
        "título",
        "titulo",
        "titel",
        "titolo",
        "başlık",
        "isim",
        "judul",
        "nama",
        "标题",
        "標題",
        "名称",
        "名稱",
        "主题",
        "主題",
    ),
    *("タイトル", "テーマ名", "テーマ", "제목", "이름", "테마", "العنوان", "عنوان", "название", "заголовок", "nazwa"),
)


def words(text: str) -> list[str]:
    """Words between blanks; a list of them reads better in running lines."""
    return text.split()


def phrases(text: str) -> list[str]:
    """Phrases between bars."""
    return text.split("|")


_WRAPPERS = frozenset(
    words(
        "responses answers candidates options ideas items completions suggestions variants choices alternatives "
        "approaches concepts entries samples generations results outputs proposals replies predictions "
        "distribution jokes stories poems data list output response result answer themes directions scenarios "
        "possibilities quotes queries"
    )
)
_REASONING = frozenset(
    words(
        "reasoning thinking thought thoughts analysis rationale chain_of_thought cot thought_process "
        "reasoning_steps explanation plan scratchpad 推理 思考 理由 分析 추론 razonamiento raciocínio raisonnement"
    )
)
_ASIDES = frozenset(
    words("reason reasons justification why note notes comment comments commentary remark remarks 备注 说明 nota motivo")
)
_SETTINGS = frozenset(
    words(
        "temperature top_p top_k tau threshold min max mean average median std variance entropy total sum mass seed k "
        "presence_penalty frequency_penalty cutoff lower upper total_probability remaining other_mass diversity novelty "
        "creativity relevance clarity originality humor quality coherence"
    )
)
_BOOKKEEPING = frozenset(
    words("id index word_count wordcount length char_count character_count characters tokens token_count rank number no no. num n nr # i key order position type role object idx 序号 番号")
)
_QUALIFIERS = re.compile(
    r"^(?:estimated|verbalized|verbalised|stated|relative|approximate|approx|normalized|normalised|candidate|response"
    r"|numeric|est|subjective|model|predicted|text|answer|sampling|估计|推定|예상|stimata|estimada|estimée|geschätzte"
    r"|tahmini|typical)[_ .]+"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\s\-_]+")
_ORDINAL = re.compile(r"[_ ]?\d+$")


@lru_cache(maxsize=1024)  # replies repeat a handful of keys many times
def normalised(name: str) -> str:
    """A name without case, decoration, separators and a trailing number."""
    plain = _SEPARATORS.sub("_", _CAMEL.sub("_", name.strip(" \t\n*_`:\"'#：")).casefold())
    return _ORDINAL.sub("", plain) or plain


_PROBABILITY = frozenset(normalised(word) for word in (*_SHORT, *PROBABILITY_WORDS))
_TEXT = {normalised(word): rank for rank, word in reversed(list(enumerate(TEXT_WORDS)))}
_TITLES = frozenset(normalised(word) for word in NAME_WORDS)
_MISSPELT = re.compile(r"p(?:ro|or)[bp]\w?ab\w{0,2}l\w{0,3}t[iy]\w{0,3}")
_MEASURE = re.compile(r"_(?:value|score|estimate|estimation|pct|percent|percentage|level|rating)\Z")
_PERCENT = re.compile(r"%|％|percent|pct|prozent|yüzde|porcent")


@lru_cache(maxsize=1024)
def is_probability(name: str) -> bool:
    """Whether a field of this name holds the number."""
    plain = normalised(name)
    if plain in _PROBABILITY:
        return True
    if plain.isalnum():
        return _MISSPELT.fullmatch(plain) is not None
    plain = re.sub(r"_?[(\[（].*$", "", plain)  # "probability (%)"
    plain = _QUALIFIERS.sub("", plain.replace("_", " ")).replace(" ", "_")
    return (
        plain in _PROBABILITY or _MEASURE.sub("", plain) in _PROBABILITY or _MISSPELT.fullmatch(plain) is not None
    )


# Names of numbers that may rate something else than how probable an answer is.
_RATINGS = frozenset(
    words("confidence score weight odds typicality confidence_score güven уверенность confianza confiança confiance")
)
_EXACT = frozenset(words("probability probabilities prob p likelihood"))


@lru_cache(maxsize=1024)
def probability_rank(name: str) -> int:
    """How surely a field whose name means a number is the probability (0 is surest)."""
    plain = normalised(name)
    return 0 if plain in _EXACT else 2 if plain in _RATINGS else 1


@lru_cache(maxsize=1024)
def is_percent_name(name: str) -> bool:
    """Whether the name itself says percent."""
    return _PERCENT.search(name.casefold()) is not None


def text_rank(name: str) -> int | None:
    """How surely a field of this name is the answer (0 is surest), or None."""
    return _TEXT.get(normalised(name))


def is_wrapper(name: str) -> bool:
    return normalised(name) in _WRAPPERS


def is_reasoning(name: str) -> bool:
    return normalised(name) in _REASONING


def is_alternative(name: str) -> bool:
    """Whether a list of this name holds what else could be answered."""
    return normalised(name) in {"alternatives", "others", "other_responses", "other_answers", "other_options"}


def is_setting(name: str) -> bool:
    """Whether a number of this name sets or measures something and belongs to no candidate."""
    return normalised(name) in _SETTINGS


def is_aside(name: str) -> bool:
    """Whether a field of this name says something of the answer and is no part of it."""
    return normalised(name) in _ASIDES


def is_bookkeeping(name: str) -> bool:
    return normalised(name) in _BOOKKEEPING


def is_title(name: str) -> bool:
    return normalised(name) in _TITLES
