"""Words that remarks on an answer begin with or hold, in the languages that models write in: parts of patterns."""

from __future__ import annotations

__all__ = [
    "ANSWERS",
    "CHOICES",
    "CHOOSING",
    "GREETINGS",
    "LABELS",
    "OFFERS",
    "OPENINGS",
    "PARTS",
    "WISHES",
]

# What stands before the colon of a remark.
LABELS = (
    r"note|notes|disclaimer|caveat|tip|n\.?b\.?|p\.?s\.? note|hinweis|anmerkung|nota|aviso|advertencia|observación"
    r"|remarque|avertissement|observação|obs|avviso|osservazione|avvertenza|注|备注|備註|说明|說明|注意|提示|注记"
    r"|注記|備考|補足|※|참고|주의|비고|примечание|замечание|not|catatan|ملاحظة|تنويه|नोट|ध्यान दें|टिप्पणी"
)
# What names the candidates and their numbers, and little else: plurals, where a language has them.
ANSWERS = (
    r"probabilities|responses|options|candidates|samples|suggestions|replies|variations|variants|completions"
    r"|the distribution|of the distribution|each (?:response|reply|option|candidate|sample)"
    r"|every (?:response|option|candidate|sample)|(?:response|option|candidate|sample|number) ?#?\d"
    r"|wahrscheinlichkeiten|antworten|varianten|vorschläge|vorschlägen|antwort \d|option \d|probabilidades"
    r"|respuestas|opciones|propuestas|sugerencias|variantes|respuesta \d|opción \d|probabilités|réponses"
    r"|propositions|réponse \d|respostas|opções|sugestões|resposta \d|opção \d|le probabilità|risposte|opzioni"
    r"|proposte|risposta \d|概率|機率|回答|答案|选项|選項|方案|回复|回覆|候选|候選|确率|確率|候補|選択肢|応答|他の案"
    r"|別の案|확률|응답|답변|선택지|옵션|후보|вероятност|вариант|ответы|ответов|olasılık|seçenek|yanıtlar|cevaplar"
    r"|öneriler|probabilitas|kemungkinan|opsi|jawaban|الاحتمالات|احتمالات|الخيارات|خيارات|الإجابات|إجابات|الردود"
    r"|संभावनाएँ|संभावनाएं|प्रायिकता|विकल्प|उत्तरों"
)
# What may name them, and other things as well.
PARTS = (
    r"recommend|answers|ideas|jokes|stories|poems|versions|takes|drafts|estimates|values|numbers"
    r"|the (?:first|second|third|fourth|fifth|last)(?: one)?(?=[ ]*[.,:;!(?]|[ ]is|[ ]\(|\Z)|#\d|the user"
    r"|as requested|one of these|any of these|any of them|of these|p [<=>≤] ?0|0[.,]\d|(?:both|all|they) are"
    r"|none of these|these (?:span|range|cover|represent|offer|vary|reflect|capture|aim)|ideen|zahlen|ideas"
    r"|idées|versions|ideias|versões|versioni|idee|数值|估计|想法|推定|アイデア|아이디어|버전|идеи|fikirler"
    r"|ide ide|الأفكار|विचार"
)
# How a sentence on the answer as a whole begins.
OPENINGS = (
    r"note\b|please\b|these\b|those\b|each\b|every\b|all\b|both\b|the\b|my\b|i\b|i'(?:ve|d|ll|m)\b|here\b|in total"
    r"|in sum|in short|overall\b|in summary|in conclusion|to summarize|to sum up|together\b|this\b|which\b"
    r"|as (?:you|requested|asked)\b|total\b|sum\b|since\b|because\b|among\b|of these|that'?s\b|today\b|remember\b"
    r"|keep in mind|sampled\b|selected\b|generated\b|drawn\b|there you|probabilities\b|diese\b|alle\b|jede|die\b"
    r"|insgesamt|zusammenfassend|ich\b|hier\b|estas?\b|estos\b|esas?\b|todas\b|todos\b|cada\b|en resumen|en conjunto"
    r"|las probab|yo\b|elegir|ces\b|les probab|toutes\b|chaque\b|en résumé|dans l'ensemble|je\b|voici\b|as probab"
    r"|em resumo|eu\b|no geral|queste\b|tutte\b|ogni\b|in sintesi|le probab|io\b|scegliere|確率は|概率均|概率为"
    r"|概率是|확률은|любой из|responses\b|以上|这些|這些|上述|每个|每個|总之|總之|综上|我会|我會|所有|これら|上記"
    r"|全体|いずれも|それぞれ|위의|이상|위\b|각\b|모든|эти\b|все\b|каждый|в целом|в итоге|я бы|bu\b|her bir|tüm\b"
    r"|genel olarak|semua\b|setiap\b|secara keseluruhan|jawaban di atas|هذه|جميع|كل\b|ये\b|सभी\b|कुल मिलाकर"
)
# How an offer to the user or a question begins; it needs what it offers.
OFFERS = (
    r"(?:let me know|tell me|ping me|curious)\b[^.!?]{0,12}\b(?:if|for|which|what|whether|how|your)|feel free to"
    r"|would you like|do you want|want me to|(?:shall|should|can|may) i|(?:i'm |i am |i'd be )?happy to|glad to"
    r"|if you(?:'d like| want| need| prefer| wish|'d prefer)|which (?:one|of|response|option)|need more"
    r"|laat (?:me|het)|daj(?:cie)? znać|sag mir|lass mich|sagen sie|lassen sie|möchtest du|möchten sie|soll ich"
    r"|wenn du|wenn sie|falls|gerne?\b|ich kann gerne?|welche|avísame|dime|cuéntame|déjame|no dudes"
    r"|si (?:quieres|deseas|necesitas|prefieres)|¿(?:quieres|te gustaría|deseas|cuál|necesitas)|puedo|n'hésitez"
    r"|n'hésite|dites-moi|dis-moi|souhaitez|souhaites|voulez|veux-tu|si vous|si tu|laquelle|je peux|me avise|avise"
    r"|me diga|diga|se (?:quiser|precisar|preferir)|quer que|gostaria|posso|qual|fammi sapere|fatemi sapere|dimmi"
    r"|se (?:vuoi|desideri|preferisci)|vuoi|vorresti|quale|如果|如需|若|需要|请告诉|請告訴|您(?:想|希望|需要)"
    r"|你(?:想|希望|需要)|欢迎|歡迎|他の|別の|もし|ご希望|必要|さらに|どれ|더\b|필요|원하|다른|혹시|어떤|дайте знать"
    r"|если|хотите|хочешь|напишите|скажите|какой|başka|isterseniz|istersen|daha fazla|hangisi|haber ver|beri tahu"
    r"|jika|apakah|ingin|kalau|mau|أخبرني|إذا|هل\b|أعلمني|अगर|यदि|क्या|बताइए"
)
# What an offer offers.
CHOICES = (
    r"more\b|others?\b|another|different|prefer|expand|elaborate|refine|adapt|any of|one of these|these\b|them\b"
    r"|this style|changes|adjust|to ask\b|ask for|speaks to you|resonates|favou?rite|like (?:best|more|most)"
    r"|alternates|alternatives|tone\b|mehr davon|draft\b|weitere|andere|meer\b|więcej|inne\b|mehr\b|bevorzug|gefällt"
    r"|ausarbeit|más\b|otras?\b|prefieres|te gusta más|que siga|desarroll|d'autres|autres|plus de|préfér|développ"
    r"|mais\b|outras?\b|desenvolv|altre|altri|altra|preferi|svilupp|更多|其他|其它|另外|有需要|随时|喜欢|喜歡"
    r"|お知らせ|お申し付け|もっと|更に|교체|말씀|알려|더 |필요|други|ещё|еще|больше|подробн|başka|daha fazla|söyle"
    r"|lain\b|lagi\b|lebih banyak|المزيد|أخرى|और\b|बताइए|बताएं"
)
# How a sentence begins that chooses one of the candidates.
CHOOSING = (
    r"i\b|i'd|i'll|my\b|the\b|so\b|thus|therefore|sampled|selected|chosen|drawn|picked|final|ich\b|mein|die\b|also\b"
    r"|yo\b|elijo|elegir|mi\b|je\b|mon\b|eu\b|escolh|minha|io\b|scegl|sceglierei|la mia|我|選|选|私|나는|저는|я\b"
    r"|мой|ben\b|seç|saya|أختار|سأختار|मैं"
)
# Wishes that end an answer, not a text.
WISHES = (
    r""
    r"(?:i )?hope (?:that |this |these |it |one of (?:these|them) |they )+(?:\w+ )?(?:help|inspir|give|are|is"
    r"|work|spark|suit|meet|fit)"
    r"|(?:i )?hope you (?:enjoy|like|find) (?:these|them|this)"
    r"|happy (?:writing|sampling|brainstorming|coding|reading|exploring|creating|storytelling)\b"
    r"|good luck with (?:your|the|it|this)|have fun (?:with|writing)"
    r"|enjoy (?:these|the (?:set|responses|variety|stories|poems|ideas))|(?:i )?hope (?:this|that) was"
    r"|ich hoffe,? (?:das|dies|diese|es|die)\b[^.!?]{0,40}(?:hilf|helfen|gefall|gefällt|nützlich|inspir|weiter)"
    r"|viel (?:spaß|spass|erfolg|freude) (?:beim|mit|dabei)"
    r"|espero que (?:te|le|les|os|esto|estas|estos|esta)\b[^.!?]{0,40}(?:sirv|ayud|gust|útil|inspir)"
    r"|j'espère que (?:cela|ça|ces|cette|cet|ce)\b[^.!?]{0,50}(?:aid|plai|util|inspir|convien)"
    r"|espero que (?:ajude|isso|isto|estas?|essas?|goste|ajude|seja|sirva)\b[^.!?]{0,40}(?:!|ajud|gost|út|inspir"
    r"|das?|sugest)"
    r"|spero (?:che|di)\b[^.!?]{0,40}(?:util|aiut|piac|ispir)"
    r"|希望(?:这|這|以上|对|對|能|可以)[^。！]{0,30}(?:帮|幫|启发|啟發|喜欢|喜歡|有用)"
    r"|祝(?:您|你)?(?:写作|寫作|创作|創作)|いかがでしょうか|ご参考に|お役に立て|参考になれば|도움이 되|즐거운 글쓰기"
    r"|надеюсь,? (?:это|эти|вам)[^.!?]{0,40}(?:помо|понрав|полез|вдохнов)"
    r"|umarım [^.!?]{0,40}(?:yardımcı|beğen|işinize|faydalı)|semoga (?:membantu|bermanfaat|ini|jawaban|bisa)"
    r"|(?:آمل|أتمنى) أن [^.!?]{0,40}(?:مفيد|تساعد|يساعد|تعجب)"
    r"|(?:मुझे )?(?:आशा|उम्मीद) है[^।!?]{0,40}(?:मदद|पसंद|उपयोगी)"
)
# How a letter begins: it may say to its own reader whatever a remark says to the user.
GREETINGS = (
    r"dear|hi|hello|hey|subject|to whom|good (?:morning|afternoon|evening)|greetings|liebe|lieber|sehr geehrte|hallo"
    r"|betreff|guten|querid[oa]s?|estimad[oa]s?|hola|asunto|cher|chère|bonjour|salut|objet|prezad[oa]s?|caro|cara"
    r"|olá|assunto|gentile|ciao|oggetto|egregi[oa]|亲爱|親愛|尊敬|你好|您好|拝啓|様|안녕|친애|дорог|уважаем"
    r"|здравствуй|привет|sevgili|sayın|merhaba|halo|yth|kepada|عزيز|مرحبا|السيد|प्रिय|नमस्ते"
)
