"""The label of a text: "Text: …", "**Response:** …"."""

from __future__ import annotations

import re

from .words import phrases

__all__ = ["TEXT_LABEL"]

_TEXT_LABEL_WORDS = phrases(
    "text|response|answer|content|completion|output|full text|full response|response text|文本|回答|回复|内容|テキスト"
    "|応答|텍스트|응답|답변|내용|texto|respuesta|contenido|resposta|conteúdo|texte|réponse|antwort|testo|risposta|metin|yanıt"
    "|cevap|النص|نص|الرد|текст|ответ|відповідь|odpowiedź|svar|vastaus|antwoord|jawaban"
)
TEXT_LABEL = re.compile(
    rf"[ \t>\n]{{0,8}}(?:[-*•][ \t]+)?[*_`]{{0,3}}(?:{'|'.join(_TEXT_LABEL_WORDS)})[*_`]{{0,3}}[ \t]{{0,3}}[:：]"
    r"[*_`]{0,3}[ \t]*+",
    re.IGNORECASE,
)
