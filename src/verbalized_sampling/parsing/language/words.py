"""Words by which models call the parts of a candidate, in the languages they write in."""

from __future__ import annotations

__all__ = ["NAME_WORDS", "PROBABILITY_WORDS", "ROOT_WORDS", "SHORT_WORDS", "TEXT_WORDS", "phrases", "words"]


def words(text: str) -> list[str]:
    """Words between blanks; a list of them reads better in running lines."""
    return text.split()


def phrases(text: str) -> list[str]:
    """Phrases between bars."""
    return text.split("|")


# Single letters and costs are names of fields, but too short or too rare to look for in prose.
SHORT_WORDS = tuple(words("p prob pr prob. pct nll perplexity ppl logprob surprisal"))
PROBABILITY_WORDS = tuple(
    phrases(
        "probability|probabilities|likelihood|confidence|chance|score|weight|percentage|percent|typicality|"
        "negative log likelihood|log likelihood|log probability|odds|probabilidad|probabilidade|probabilité|"
        "wahrscheinlichkeit|probabilità|probabilitate|olasılık|olasilik|kemungkinan|probabilitas|kebarangkalian|"
        "xác suất|waarschijnlijkheid|kans|вероятность|ймовірність|prawdopodobieństwo|pravděpodobnost|"
        "pravdepodobnosť|valószínűség|sannolikhet|sandsynlighed|sannsynlighet|todennäköisyys|πιθανότητα|"
        "vjerojatnost|verovatnoća|概率|機率|几率|機會率|可能性|確率|확률|가능성|สัดส่วน|ความน่าจะเป็น|संभावना|"
        "प्रायिकता|সম্ভাবনা|الاحتمالية|الاحتمال|احتمالية|احتمال|הסתברות|סבירות|confianza|confiança|confiance|"
        "置信度|конфиденс|уверенность|güven|peluang|信頼度|신뢰도"
    )
)
TEXT_WORDS = tuple(
    phrases(
        "text|response|answer|content|completion|output|candidate|generation|message|idea|option|suggestion|"
        "reply|sentence|statement|joke|story|poem|quote|body|value|result|response_text|answer_text|"
        "generated_text|output_text|text_response|prompt|query|文本|回答|回复|回覆|答案|内容|內容|回应|テキスト|"
        "応答|本文|텍스트|응답|답변|내용|texto|respuesta|contenido|resposta|conteúdo|texte|réponse|antwort|"
        "inhalt|testo|risposta|metin|yanıt|cevap|teks|jawaban|tanggapan|văn bản|câu trả lời|текст|ответ|"
        "відповідь|odpowiedź|tekst|النص|نص|الرد|الإجابة|إجابة|svar|vastaus|antwoord|पाठ|उत्तर|טקסט|תשובה"
    )
)
ROOT_WORDS = tuple(
    words(
        "response answer candidate option idea item completion suggestion variant choice alternative approach "
        "concept entry sample generation result output proposal version reply theme direction joke story poem "
        "scenario possibility prompt example quote respuesta opción opcion propuesta resposta opção proposta "
        "réponse antwort variante risposta opzione opsi jawaban yanıt seçenek cevap ответ вариант відповідь "
        "варіант 回答 回复 回覆 响应 回應 方案 选项 選項 候选 候選 候補 答案 応答 案 選択肢 响应示例 응답 답변 "
        "옵션 후보 방안 الرد الإجابة إجابة الخيار خيار اقتراح odpowiedź opcja "
        "svar alternativ förslag forslag vastaus antwoord optie voorstel "
        "提案 アイデア 方向 想法 创意 創意 아이디어 제안 ideia abordagem conceito proposição idée "
        "approche enfoque concepto vorschlag konzept ansatz "
        "idee approccio concetto konsep ide fikir yaklaşım идея подход концепция فكرة اتجاه"
    )
)
NAME_WORDS = tuple(
    phrases(
        "title|name|theme|heading|headline|theme name|idea name|label|titre|nombre|nome|título|titulo|titel|"
        "titolo|başlık|isim|judul|nama|标题|標題|名称|名稱|主题|主題|タイトル|テーマ名|テーマ|제목|이름|테마|"
        "العنوان|عنوان|название|заголовок|nazwa"
    )
)
