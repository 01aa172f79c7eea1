"""Everything that depends on a human language: one row a language, one column a concept.

A new language is one more row; no other file holds words that it could lack. Words stand between bars, in the order in
which they are preferred; those of the lower half are pieces of patterns. A word stands in one row though others may
share it.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LANGUAGES", "Language"]


class Language(NamedTuple):
    """The words of one language by what they are said of; "" for what is not known of it.

    Attributes:
        name: In English.
        probability: What a model calls the number.
        percent: Percent, spelt out.
        percent_name: What the name of a field says whose numbers are percents; at any place in it.
        per_hundred: What stands before a percent as its sign may do.
        about: What stands before a number that is only estimated.
        estimated_at: What stands between a label and a number that is only estimated: "probability estimated at".
        between: What stands before the two ends of a range: "between 30% and 40%".
        hedges: What stands behind a number that is only estimated: "15% at most".
        hedges_joined: The same where no blank stands before it.
        estimating: How the words begin that lead to an estimate: "I'd put this at 50%".
        to: What stands between the bounds of a range: "30 to 40 %".
        or_less: What makes a number behind a label the bound of one: "0.1 or less".
        out_of: What stands between the numbers of a ratio: "1 in 8".
        portions: From a half on, in order: "two thirds".
        states: What stands between a label and its number, beside a colon: "probability is".
        of: What stands between a percent and the label behind it: "60 % de probabilidad".
        chance: What a percent is said to be of in a sentence: "a 60% chance".
        that: What stands behind that: "a 60% chance that it rains".
        has: What stands between what has a chance and that chance: "rain has a 60% chance".
        joins: What joins the last two candidates in a sentence: "and".
        contrasts: What may join two clauses beside that: "while".
        leads: What leads to a candidate in a sentence of several, each with its number: "followed by".
        possessive: What joins a candidate to the label behind it: "0点の確率".
        of_this: What stands before the label where it speaks of the candidate: "この回答の確率".
        beside: What stands before a label in brackets: "(con probabilidad 30%)".
        estimated: What says of a label that its number is estimated: "geschätzte Wahrscheinlichkeit".
        rating: Names of numbers that may rate something else.
        share: Names of a column that holds shares of a whole.
        ordinal_name: Names of a field that only counts the candidates.
        level: What stands for a number: "high".
        total: What a row or a line that sums up begins with.
        text: Names of the field that holds the answer, the surest first.
        brief: Those of them that may only name the answer which stands beside it.
        label: Labels of a text in prose, if fewer than the names of its field; else those are.
        candidate: What a candidate is called where it is counted: "Response 1".
        wrapper: What the list of all candidates is called: "responses".
        teens: From eleven on, in order: "fifteen percent".
        tens: From ten on to a hundred, in order: "sixty percent".
        numerals: From one on, in order: "Response one"; those of one sign may be joined. Forms of one stand between
            slashes.
        ordinals: What opens a candidate and says its place: "Second: …".
        revises: What announces a new try; at the beginning of a word.
        title: What a candidate's title is called.
        reasoning: Names of a field that leads to the answers.
        aside: Names of a field that says something of an answer.
        placeholder: What an example writes for an answer.
        hint: What stands in brackets where an answer is to stand: "[your answer here]".
        closing: What a closing remark begins with: "Final choice".
        notes: What stands before the colon of a remark.
        openings: How a sentence on the answer as a whole begins.
        modest: Those of them with which a text may well begin, too.
        answers: What names the candidates and their numbers, and little else: plurals, where there are any.
        parts: What may name them, and other things as well.
        offers: How an offer to the user or a question begins; it needs what it offers.
        choices: What an offer offers.
        choosing: How a sentence that chooses a candidate begins.
        wishes: Wishes that end an answer, not a text.
        partings: What ends an answer and says no more than that: "Viel Erfolg!".
        greetings: How a letter begins: it may say to its own reader whatever a remark says to the user.
    """

    name: str
    probability: str = ""
    percent: str = ""
    percent_name: str = ""
    per_hundred: str = ""
    about: str = ""
    estimated_at: str = ""
    between: str = ""
    hedges: str = ""
    hedges_joined: str = ""
    estimating: str = ""
    to: str = ""
    or_less: str = ""
    out_of: str = ""
    portions: str = ""
    states: str = ""
    of: str = ""
    chance: str = ""
    that: str = ""
    has: str = ""
    joins: str = ""
    contrasts: str = ""
    leads: str = ""
    possessive: str = ""
    of_this: str = ""
    beside: str = ""
    estimated: str = ""
    rating: str = ""
    share: str = ""
    ordinal_name: str = ""
    level: str = ""
    total: str = ""
    text: str = ""
    brief: str = ""
    label: str = ""
    candidate: str = ""
    wrapper: str = ""
    teens: str = ""
    tens: str = ""
    numerals: str = ""
    ordinals: str = ""
    revises: str = ""
    title: str = ""
    reasoning: str = ""
    aside: str = ""
    placeholder: str = ""
    hint: str = ""
    closing: str = ""
    notes: str = ""
    openings: str = ""
    modest: str = ""
    answers: str = ""
    parts: str = ""
    offers: str = ""
    choices: str = ""
    choosing: str = ""
    wishes: str = ""
    partings: str = ""
    greetings: str = ""


LANGUAGES = (
    Language(
        name="English",
        probability=(
            "probability|probabilities|likelihood|confidence|chance|score|weight|rating|percentage|percent|typicality"
            "|how likely|how probable|plausibility|negative log likelihood|log likelihood|log probability|odds"
        ),
        percent=r"percent\b|per\s?cent\b|pct\b",
        about=(
            r"(?:i(?:'d| would) say|maybe|perhaps)(?: about| around| roughly)?\b"
            r"|about\b|approx(?:\.|imately\b)?|around\b|roughly\b|circa\b|ca\."
            r"|(?:at most|up to|no more than|(?:less|more) than|(?:just |slightly )?(?:under|over)|at least|nearly"
            r"|almost|close to|somewhere (?:around|near)|just|in the region of)\b"
        ),
        estimated_at="estimated(?: at)?",
        between="between|from",
        hedges=(
            "(?:at|or) (?:the )?(?:most|best|least|less|more|so|higher|lower|below|above|thereabouts|under|over)"
            "|approx(?:imately|\\.)?|roughly|tops|max(?:imum|\\.)?"
        ),
        estimating=(
            "(?:so )?(?:i|we)(?:['’]d| would| will|['’]ll)? (?:\\w+ ){0,2}?"
            "(?:put|estimate|rate|give|place|assign|peg|guess|assess|say)"
            "|i(?:['’]m| am|['’]d be| would be)(?: (?:about|only|around|roughly))?"
            "|(?:my|the|our) (?:\\w+ )?(?:estimate|guess|estimation|assessment)|estimated(?: at)?"
        ),
        out_of=r"in|out\s+of",
        portions="half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth",
        states=r"\bis\b|\bof\b",
        of=r"of\b",
        level="high|low|medium|moderate|likely|unlikely|rare|common|uncommon|N/?A|unknown",
        total="total|sum|(?:probability[- ])?weighted(?: average| mean| total)?|expected value",
        text=(
            "text|response|answer|content|completion|output|candidate|generation|message|idea|option|suggestion|reply"
            "|sentence|statement|joke|story|poem|quote|body|value|result|response_text|answer_text|generated_text"
            "|output_text|text_response|prompt|query|guess|prediction|translation|diagnosis|hypothesis"
        ),
        brief=(
            "idea|option|suggestion|body|value|result|response_text|answer_text|generated_text|output_text|text_response"
            "|guess|prediction|translation|diagnosis|hypothesis"
        ),
        label=(
            "text|response|answer|content|completion|output|full text|full response|response text|guess|prediction"
            "|translation|diagnosis|hypothesis"
        ),
        candidate=(
            "response|answer|candidate|option|idea|item|completion|suggestion|variant|choice|alternative|approach"
            "|concept|entry|sample|generation|result|output|proposal|version|reply|theme|direction|joke|story|poem"
            "|scenario|possibility|prompt|example|quote|outcome|hypothesis|variation|ending|estimate|explanation"
        ),
        teens="eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen",
        tens="ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred",
        numerals="one|two|three|four|five|six|seven|eight|nine|ten",
        ordinals="first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth",
        revises=(
            r"(?:final|revised|improved|updated|corrected|better|real|actual|refined|polished|fixed|proper)"
            r"(?:[ \t]+[\w-]{1,20}){0,2}?[ \t]+"
            r"(?:answers?|responses?|versions?|lists?|sets?|outputs?|repl(?:y|ies)|results?|candidates?|distributions?"
            r"|json|ones?|ideas?|options?|suggestions?|selections?|choices?|try|attempts?|drafts?|takes?|format|texts?"
            r"|queries|completions?|block|array|object)\b"
            r"|(?:final|revised|revision|improved|updated|corrected|actual|real|instead|better)[ \t*_]{0,5}[:：.\n]"
            r"|(?:second|another|new)[ \t]+(?:try|attempt|draft|version|take)\b|let me (?:try|re|fix|correct|improve)"
            r"|scratch that|properly|once again|(?:as|in) (?:the )?(?:json|requested|valid)"
            r"|now (?:the|for the) (?:final|real|actual|answer)|here (?:are|is) (?:the|my) "
            r"|here are (?:\d{1,2}|two|three|four|five|six|seven|eight|ten) (?!more|other|additional|further)"
            r"|i(?:'ll| will) revise|(?:rewritten|corrections?|mistake|sorry)\b"
        ),
        title="title|name|theme|heading|headline|theme name|idea name|label",
        reasoning=(
            "reasoning|thinking|thought|thoughts|analysis|rationale|chain_of_thought|cot|thought_process"
            "|reasoning_steps|explanation|plan|scratchpad"
        ),
        aside="reason|reasons|justification|why|note|notes|comment|comments|commentary|remark|remarks",
        placeholder=(
            "your response here|your answer here|your text here|response text here|response text goes here"
            "|the response string|the response string itself|response string|the text of the response"
            "|text of the response|the response text|your response|the actual response text|text here|response here"
            "|answer here|insert response here|placeholder"
        ),
        closing=(
            "final (?:choice|selection|answer|pick|decision|response|recommendation|sample|result|output|note"
            r"|thoughts?)\b|selected\b|selection\b|chosen\b|choice\b|choose\b|recommend|sampled\b|winner\b|pick\b"
            r"|decision\b|conclusion\b|rationale\b|reasoning\b|explanation\b|note:|notes?\b|summary\b"
            r"|(?:(?:probability[- ])?weighted|expected|blended) (?:\w+ ){0,2}"
            r"(?:value|average|target|return|growth|outcome|estimate|payoff|cost|price|result|mean)s?\b"
        ),
        notes=r"note|notes|disclaimer|caveat|tip|n\.?b\.?|p\.?s\.? note",
        openings=(
            r"note\b|please\b|these\b|those\b|each\b|every\b|all\b|both\b|the\b|my\b|i\b|i'(?:ve|d|ll|m)\b|here\b"
            r"|in total|in sum|in short|overall\b|in summary|in conclusion|to summarize|to sum up|together\b|this\b"
            r"|which\b|as (?:you|requested|asked)\b|total\b|sum\b|since\b|because\b|among\b|of these|that'?s\b|today\b"
            r"|in (?:all|each|any|either|both|every)\b|across\b|regardless\b|whichever\b"
            r"|remember\b|keep in mind|sampled\b|selected\b|generated\b|drawn\b|there you|probabilities\b|responses\b"
        ),
        answers=(
            "probabilities|responses|options|candidates|samples|suggestions|replies|variations|variants|completions"
            "|the distribution|of the distribution|each (?:response|reply|option|candidate|sample)"
            r"|every (?:response|option|candidate|sample)"
            r"|(?:all|each|any|either|both|every) (?:of )?(?:these |the |those )?(?:two |three |four |five )?"
            r"(?:cases?|scenarios?|possibilities|outcomes|hypotheses|diagnoses)"
            r"|(?:response|option|candidate|sample|number) ?#?\d"
        ),
        parts=(
            "recommend|answers|ideas|jokes|stories|poems|versions|takes|drafts|estimates|values|numbers"
            r"|the (?:first|second|third|fourth|fifth|last)(?: one)?(?=[ ]*[.,:;!(?]|[ ]is|[ ]\(|\Z)|#\d|the user"
            r"|as requested|one of these|any of these|any of them|of these|p [<=>≤] ?0|0[.,]\d|(?:both|all|they) are"
            "|none of these|these (?:span|range|cover|represent|offer|vary|reflect|capture|aim)"
        ),
        offers=(
            r"(?:let me know|tell me|ping me|curious)\b[^.!?]{0,12}\b(?:if|for|which|what|whether|how|your)"
            "|feel free to|would you like|do you want|want me to|(?:shall|should|can|may) i"
            "|(?:i'm |i am |i'd be )?happy to|glad to|if you(?:'d like| want| need| prefer| wish|'d prefer)"
            "|which (?:one|of|response|option)|need more"
        ),
        choices=(
            r"more\b|others?\b|another|different|prefer|expand|elaborate|refine|adapt|any of|one of these|these\b"
            r"|them\b|this style|changes|adjust|to ask\b|ask for|speaks to you|resonates|favou?rite"
            r"|like (?:best|more|most)|alternates|alternatives|tone\b|draft\b"
        ),
        choosing=r"i\b|i'd|i'll|my\b|the\b|so\b|thus|therefore|sampled|selected|chosen|drawn|picked|final",
        wishes=(
            r"(?:i )?hope (?:that |this |these |it |one of (?:these|them) |they )+(?:\w+ )?(?:help|inspir|give|are"
            "|is|work|spark|suit|meet|fit)|(?:i )?hope you (?:enjoy|like|find) (?:these|them|this)"
            r"|happy (?:writing|sampling|brainstorming|coding|reading|exploring|creating|storytelling)\b"
            "|good luck with (?:your|the|it|this)|have fun (?:with|writing)"
            "|enjoy (?:these|the (?:set|responses|variety|stories|poems|ideas))|(?:i )?hope (?:this|that) was"
        ),
        greetings="dear|hi|hello|hey|subject|to whom|good (?:morning|afternoon|evening)|greetings",
        chance="chances?|probability|likelihood|possibility",
        that="of|that|to|for",
        joins="and|or",
        contrasts="but|while|with|versus",
        leads=(
            r"(?:and|or|then|but|also|followed by|next|finally|lastly|possibly|perhaps)\b,? "
            r"|(?:(?:also|just|most|more|less|least|very) )?(?:possible|plausible|likely|unlikely)(?: is)?[:：] ?"
            r"|i (?:think|believe|guess|suspect)(?: that)? |the answer is |either |i(?:'d| would) (?:give|say) "
            r"|(?:the|my) (?:\w+ ){0,2}(?:likely|plausible|probable|common) (?:\w+ ){0,2}(?:is|are|would be)(?: that)? "
        ),
        has=r"has\b|have\b|had\b|with\b|at\b|gets\b|is\b",
        percent_name="percent|pct",
        to="to",
        estimated="estimated|estimation|estimate|est",
        rating="confidence|score|rating|weight|odds|typicality|confidence_score",
        modest=r"(?:the|my|this|here|please|which|that'?s)\b",
        hint=(
            "text|responses?|answers?|string|content|here|placeholder|reply|output|insert|your|candidate|joke|story"
            "|poem|completion"
        ),
        wrapper=(
            "responses|answers|candidates|options|ideas|items|completions|suggestions|variants|choices|alternatives"
            "|approaches|concepts|entries|samples|generations|results|outputs|proposals|replies|predictions"
            "|distribution|jokes|stories|poems|data|list|output|response|result|answer|themes|directions|scenarios"
            "|possibilities|quotes|queries"
        ),
        partings=(
            r"enjoy|cheers|good luck|have fun|that'?s (?:all|it)(?: (?:\d|two|three|four|five|six|eight|ten))?"
            r"(?: (?:responses|options|of them|for now|folks))?|happy \w{1,20}ing"
        ),
        share="share|shares|proportion|part",
        or_less=r"\s{0,2}or (?:less|lower|below)",
    ),
    Language(
        name="German",
        probability="wahrscheinlichkeit",
        percent=r"prozent\b",
        about=(
            r"zu\b(?: (?:etwa|ca\.|rund))?"
            r"|(?:etwa|höchstens|mindestens|knapp|rund|zirka|ungefähr|geschätzt)\b"
        ),
        out_of="von",
        states=r"\bbis\b|\bvon\b",
        level="hoch|niedrig|mittel|unbekannt",
        total="summe|gesamt|insgesamt",
        text="antwort|inhalt",
        tens="zehn|zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|hundert",
        candidate="antwort|vorschlag|konzept|ansatz|szenario|variante|möglichkeit|hypothese|idee|lösung",
        title="titel",
        closing="auswahl",
        notes="hinweis|anmerkung",
        openings=r"diese\b|alle\b|jede|die\b|insgesamt|zusammenfassend|ich\b|hier\b",
        answers=r"wahrscheinlichkeiten|antworten|varianten|vorschläge|vorschlägen|antwort \d|option \d",
        parts="ideen|zahlen",
        offers=(
            r"sag mir|lass mich|sagen sie|lassen sie|möchtest du|möchten sie|soll ich|wenn du|wenn sie|falls|gerne?\b"
            "|ich kann gerne?|welche"
        ),
        choices=r"mehr davon|weitere|andere|mehr\b|bevorzug|gefällt|ausarbeit",
        choosing=r"ich\b|mein|die\b|also\b",
        wishes=(
            r"ich hoffe,? (?:das|dies|diese|es|die)\b[^.!?]{0,40}(?:hilf|helfen|gefall|gefällt|nützlich|inspir|weiter)"
            "|viel (?:spaß|spass|erfolg|freude) (?:beim|mit|dabei)"
        ),
        greetings="liebe|lieber|sehr geehrte|hallo|betreff|guten",
        chance="chancen?|wahrscheinlichkeit",
        that=",? ?dass|für",
        between="zwischen",
        estimated_at="geschätzt(?: auf)?",
        hedges="höchstens|mindestens|oder (?:weniger|mehr)",
        estimating=r"ich (?:schätze|würde|gebe|sehe|vergebe)|(?:meine )?schätzung",
        portions="hälfte|drittel|viertel|fünftel|sechstel|siebtel|achtel|neuntel|zehntel",
        joins="und|oder",
        contrasts="aber",
        numerals="eins/ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn",
        ordinals="erstens|zweitens|drittens|viertens|fünftens",
        leads="(?:dann|gefolgt von|schließlich|zuletzt|danach|am wahrscheinlichsten ist) ",
        percent_name="prozent",
        to="bis",
        beside="mit(?: einer)?",
        estimated="geschätzte",
        modest=r"(?:die|hier)\b",
        hint="antwort|antworttext|platzhalter",
        wrapper="antworten|vorschläge|varianten|optionen|ergebnisse|möglichkeiten",
        partings="viel (?:spaß|erfolg)",
        share="anteil",
    ),
    Language(
        name="French",
        of=r"de\b|d['’]",
        probability="probabilité|confiance",
        percent=r"pour\s?cent\b",
        about=r"environ\b|près de\b|autour de\b|au plus\b|à peu près\b",
        out_of="sur",
        level="élevée|faible|moyenne|inconnue?",
        total="somme|total",
        text="texte|réponse",
        tens="dix|vingt|trente|quarante|cinquante|soixante|soixante-dix|quatre-vingts|quatre-vingt-dix|cent",
        candidate="réponse|variante|idée|approche|scénario|hypothèse|proposition|possibilité",
        title="titre",
        reasoning="raisonnement",
        closing="choix",
        notes="remarque|avertissement",
        openings=r"ces\b|les probab|toutes\b|chaque\b|en résumé|dans l'ensemble|je\b|voici\b",
        answers=r"probabilités|réponses|propositions|réponse \d",
        parts="idées|versions",
        offers=(
            "n'hésitez|n'hésite|dites-moi|dis-moi|souhaitez|souhaites|voulez|veux-tu|si vous|si tu|laquelle|je peux"
        ),
        choices="d'autres|autres|plus de|préfér|développ",
        choosing=r"je\b|mon\b",
        wishes=r"j'espère que (?:cela|ça|ces|cette|cet|ce)\b[^.!?]{0,50}(?:aid|plai|util|inspir|convien)",
        greetings="cher|chère|bonjour|salut|objet",
        chance="(?:de )?(?:chances?|probabilité|risque)",
        that="qu['’]|que|de|d['’]",
        joins="et|ou",
        between="entre",
        estimated_at="estimée(?: à)?",
        hedges="au plus|au maximum|au moins|environ",
        estimating=r"j['’](?:estime|évalue)|je (?:dirais|donne|mettrais)",
        portions="moitié|tiers|quart|cinquième|sixième|septième|huitième|neuvième|dixième",
        numerals="un/une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix",
        ordinals="premièrement|deuxièmement|troisièmement|quatrièmement|cinquièmement",
        leads="(?:puis|suivie? d[e’']|enfin|ensuite) ?",
        percent_name="pourcent",
        to="à",
        beside="avec(?: une)?",
        estimated="estimée",
        rating="confiance",
        hint="réponse|texte",
        wrapper="réponses|propositions|options",
        partings="bonne (?:lecture|écriture)|bonne chance",
    ),
    Language(
        name="Spanish",
        of=r"de\b",
        probability="probabilidad|confianza",
        percent=r"por\s?ciento\b",
        about=r"aproximadamente\b|cerca de\b|alrededor d(?:e|el)\b|unos\b|casi\b|más o menos\b|un\b|el\b",
        out_of=r"de\s+cada",
        states=r"\bde\b|\bdel\b",
        level="alta|baja|media|desconocid[oa]",
        total="suma",
        text="texto|respuesta|contenido",
        tens="diez|veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien",
        candidate="respuesta|opción|opcion|propuesta|enfoque|concepto|escenario|hipótesis|alternativa|posibilidad|variante",
        title="nombre",
        reasoning="razonamiento",
        aside="nota|motivo",
        placeholder="texto de la respuesta|respuesta aquí",
        closing="se selecciona|decisión|elección|selección|elegid",
        notes="nota|aviso|advertencia|observación",
        openings=r"estas?\b|estos\b|esas?\b|todas\b|todos\b|cada\b|en resumen|en conjunto|las probab|yo\b|elegir",
        answers=r"probabilidades|respuestas|opciones|propuestas|sugerencias|variantes|respuesta \d|opción \d",
        offers=(
            "avísame|dime|cuéntame|déjame|no dudes|si (?:quieres|deseas|necesitas|prefieres)"
            "|¿(?:quieres|te gustaría|deseas|cuál|necesitas)|puedo"
        ),
        choices=(r"más\b|otras?\b|prefieres|te gusta más|que siga|desarroll|algun[ao]s?\b|cualquiera|contin[uú]"),
        choosing=r"yo\b|elijo|elegir|mi\b",
        wishes=r"espero que (?:te|le|les|os|esto|estas|estos|esta)\b[^.!?]{0,40}(?:sirv|ayud|gust|útil|inspir)",
        greetings="querid[oa]s?|estimad[oa]s?|hola|asunto",
        chance="probabilidad(?:es)?|posibilidad(?:es)?",
        that="de que|de",
        joins="y|o",
        estimated_at="estimada(?: en| del?)?",
        hedges="como (?:máximo|mucho|mínimo)|aproximadamente",
        estimating="yo diría|diría|estimo|calculo|le doy",
        portions="mitad|tercio|cuarto|quinto|sexto|séptimo|octavo|noveno|décimo",
        numerals="uno/una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez",
        ordinals="primero|segundo|tercero|cuarto|quinto",
        leads="(?:luego|seguid[oa] de|finalmente|por último|después) ",
        percent_name="porcent",
        beside="con(?: una)?",
        estimated="estimada",
        rating="confianza",
        hint="respuesta|texto",
        wrapper="respuestas|opciones|propuestas|sugerencias",
        partings="¡?disfruta",
        share="cuota|participación",
    ),
    Language(
        name="Portuguese",
        about=r"em torno de\b|por volta de\b",
        of=r"de\b",
        probability="probabilidade|confiança",
        percent=r"por\s?cento\b",
        level="baixa|média|desconhecid[oa]",
        total="soma|total",
        text="resposta|conteúdo",
        tens="dez|vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|cem",
        candidate="resposta|opção|proposta|ideia|abordagem|conceito|proposição|cenário|hipótese|possibilidade",
        title="nome|título|titulo",
        reasoning="raciocínio",
        placeholder="texto da resposta",
        closing="escolh|seleção|decisão",
        notes="observação|obs",
        openings=r"as probab|em resumo|eu\b|no geral",
        answers=r"respostas|opções|sugestões|resposta \d|opção \d",
        parts="ideias|versões",
        offers="me avise|avise|me diga|diga|se (?:quiser|precisar|preferir)|quer que|gostaria|posso|qual",
        choices=r"mais\b|outras?\b|desenvolv",
        choosing=r"eu\b|escolh|minha",
        wishes=(
            r"espero que (?:ajude|isso|isto|estas?|essas?|goste|ajude|seja|sirva)\b[^.!?]{0,40}(?:!|ajud|gost|út"
            "|inspir|das?|sugest)"
        ),
        greetings="prezad[oa]s?|caro|cara|olá|assunto",
        chance="chances?|probabilidades?",
        that="de que|de",
        joins="e|ou",
        numerals="um/uma|dois/duas|três|quatro|cinco|seis|sete|oito|nove|dez",
        ordinals="primeiro|terceiro|quarto",
        leads="(?:depois|seguid[oa] de|finalmente|por fim) ",
        percent_name="porcent",
        beside="com(?: uma)?",
        estimated="estimada",
        rating="confiança",
        hint="resposta|texto",
        wrapper="respostas|opções|propostas|sugestões",
        partings="divirta-se|boa sorte",
        share="quota",
    ),
    Language(
        name="Italian",
        total="totale|somma",
        about=r"intorno al\b",
        of=r"di\b|della\b",
        probability="probabilità",
        out_of="da",
        states=r"\bdi\b",
        text="testo|risposta",
        tens="dieci|venti|trenta|quaranta|cinquanta|sessanta|settanta|ottanta|novanta|cento",
        candidate="risposta|opzione|idee|approccio|concetto|ipotesi|alternativa|possibilità|proposta|variante",
        title="titolo",
        notes="avviso|osservazione|avvertenza",
        openings=r"queste\b|tutte\b|ogni\b|in sintesi|le probab|io\b|scegliere",
        answers=r"le probabilità|risposte|opzioni|proposte|risposta \d",
        parts="versioni|idee",
        offers="fammi sapere|fatemi sapere|dimmi|se (?:vuoi|desideri|preferisci)|vuoi|vorresti|quale",
        choices="altre|altri|altra|preferi|svilupp",
        choosing=r"io\b|scegl|sceglierei|la mia",
        wishes=r"spero (?:che|di)\b[^.!?]{0,40}(?:util|aiut|piac|ispir)",
        greetings="gentile|ciao|oggetto|egregi[oa]",
        chance="probabilità|possibilità",
        that="che|di",
        joins="e|o",
        numerals="uno/una|due|tre|quattro|cinque|sei|sette|otto|nove|dieci",
        ordinals="primo|secondo|terzo",
        leads="(?:poi|seguit[oa] da|infine) ",
        percent_name="percent",
        beside="con(?: una)?",
        estimated="stimata",
        hint="risposta|testo",
        wrapper="risposte|opzioni|proposte",
        partings="buona fortuna|buon divertimento",
        share="quota",
    ),
    Language(
        name="Dutch",
        total="totaal",
        about=r"ongeveer\b",
        probability="waarschijnlijkheid|kans",
        text="antwoord",
        candidate="antwoord|optie|voorstel|scenario|mogelijkheid|hypothese",
        offers="laat (?:me|het)",
        choices=r"meer\b",
        to="tot",
        joins="en",
        wrapper="antwoorden|opties|voorstellen",
    ),
    Language(
        name="Polish",
        total="suma|razem|łącznie",
        about=r"około\b|ok\.",
        probability="prawdopodobieństwo",
        text="odpowiedź|tekst",
        candidate="odpowiedź|opcja|scenariusz|propozycja|wariant|hipoteza",
        title="nazwa",
        offers="daj(?:cie)? znać",
        choices=r"więcej|inne\b",
        to="do",
        wrapper="odpowiedzi|opcje",
    ),
    Language(
        name="Swedish, Danish, Norwegian",
        total="summa|totalt|i alt",
        about=r"cirka\b|ungefär\b|omkring\b|rundt\b",
        probability="sannolikhet|sandsynlighed|sannsynlighet",
        text="svar",
        candidate="svar|alternativ|förslag|forslag|scenario|hypotes",
    ),
    Language(
        name="Finnish",
        probability="todennäköisyys",
        text="vastaus",
        candidate="vastaus",
    ),
    Language(
        name="Romanian",
        probability="probabilitate",
    ),
    Language(
        name="Czech, Slovak",
        about=r"asi\b|přibližně\b",
        probability="pravděpodobnost|pravdepodobnosť",
    ),
    Language(
        name="Hungarian",
        probability="valószínűség",
    ),
    Language(
        name="Croatian, Serbian",
        probability="vjerojatnost|verovatnoća",
    ),
    Language(
        name="Greek",
        probability="πιθανότητα|πιθανότητες|βεβαιότητα",
        percent=r"τοις εκατό\b",
        percent_name="ποσοστ|εκατό",
        about=r"περίπου\b",
        to="έως",
        out_of="στις|στα",
        level="υψηλή|χαμηλή|μέτρια|άγνωστη",
        total="σύνολο|άθροισμα",
        text="κείμενο|απάντηση|περιεχόμενο",
        candidate="απάντηση|επιλογή|πρόταση|ιδέα",
        wrapper="απαντήσεις|επιλογές|προτάσεις|ιδέες",
        tens="δέκα|είκοσι|τριάντα|σαράντα|πενήντα|εξήντα|εβδομήντα|ογδόντα|ενενήντα|εκατό",
        numerals="ένα/μία|δύο|τρία|τέσσερα|πέντε|έξι|επτά|οκτώ|εννέα|δέκα",
        ordinals="πρώτον|δεύτερον|τρίτον|τέταρτον|πέμπτον",
        revises=r"(?:αναθεωρημένη|διορθωμένη|τελική)\b",
        title="τίτλος|όνομα",
        reasoning="συλλογισμός|σκεπτικό",
        aside="αιτιολογία|σχόλιο",
        beside="με",
        estimated="εκτιμώμενη",
        rating="βεβαιότητα",
        placeholder="κείμενο απάντησης|η απάντησή σου εδώ",
        hint="απάντηση|απάντησης|κείμενο",
        closing="τελική επιλογή|επιλέγω",
        notes="σημείωση",
        openings=r"αυτές\b|όλες\b|οι\b|εδώ\b|συνολικά",
        modest=r"(?:οι|εδώ)\b",
        answers="πιθανότητες|απαντήσεις|επιλογές|προτάσεις",
        parts="ιδέες",
        offers=r"πες μου|πείτε μου|θέλεις|θέλετε|αν\b",
        choices="περισσότερες|άλλες|προτιμ",
        choosing=r"εγώ\b|επιλέγω|θα διάλεγα",
        wishes="ελπίζω να (?:βοήθησ|σας αρέσ|σου αρέσ|φανούν)",
        partings="καλή (?:τύχη|επιτυχία|διασκέδαση)",
        greetings=r"αγαπητ|γεια\b",
        chance="πιθανότητα|πιθανότητες",
        that="να",
        has="έχει",
        joins="και|ή",
        contrasts="αλλά|ενώ",
        leads="(?:έπειτα|τέλος|μετά) ",
        share="μερίδιο",
        ordinal_name="αριθμός",
    ),
    Language(
        name="Turkish",
        probability="olasılık|olasilik|güven",
        about=r"yaklaşık\b",
        level="yüksek|düşük|orta|bilinmiyor",
        total="toplam",
        text="metin|yanıt|cevap",
        candidate="yanıt|seçenek|cevap|fikir|yaklaşım|senaryo|öneri|hipotez",
        title="başlık|isim",
        placeholder="yanıt metni",
        closing="seçim",
        notes="not",
        openings=r"bu\b|her bir|tüm\b|genel olarak",
        answers="olasılık|seçenek|yanıtlar|cevaplar|öneriler",
        parts="fikirler",
        offers="başka|isterseniz|istersen|daha fazla|hangisi|haber ver",
        choices="başka|daha fazla|söyle",
        choosing=r"ben\b|seç",
        wishes="umarım [^.!?]{0,40}(?:yardımcı|beğen|işinize|faydalı)",
        greetings="sevgili|sayın|merhaba",
        ordinals="birinci|ikinci|üçüncü|dördüncü|beşinci",
        per_hundred="yüzde",
        percent_name="yüzde",
        estimated="tahmini",
        rating="güven",
        joins="ve|veya",
        wrapper="yanıtlar|cevaplar|seçenekler|öneriler",
        partings="iyi şanslar",
    ),
    Language(
        name="Indonesian, Malay",
        total="jumlah",
        about=r"sekitar\b|kira-kira\b",
        probability="kemungkinan|probabilitas|kebarangkalian|peluang",
        text="teks|jawaban|tanggapan",
        candidate="opsi|jawaban|konsep|ide|skenario|pilihan",
        title="judul|nama",
        placeholder="teks respons",
        notes="catatan",
        openings=r"semua\b|setiap\b|secara keseluruhan|jawaban di atas",
        answers="probabilitas|kemungkinan|opsi|jawaban",
        parts="ide ide",
        offers="beri tahu|jika|apakah|ingin|kalau|mau",
        choices=r"lain\b|lagi\b|lebih banyak",
        choosing="saya",
        wishes="semoga (?:membantu|bermanfaat|ini|jawaban|bisa)",
        greetings="halo|yth|kepada",
        to="hingga|sampai",
        joins="dan|atau",
        wrapper="jawaban|opsi",
        partings="selamat menulis",
    ),
    Language(
        name="Vietnamese",
        candidate="kịch bản|phương án|lựa chọn|câu trả lời",
        total="tổng|tổng cộng",
        about=r"khoảng\b",
        probability="xác suất",
        text="văn bản|câu trả lời",
    ),
    Language(
        name="Russian",
        between="от",
        hedges="не более|максимум|примерно",
        estimating="я (?:бы )?(?:оцениваю|дал бы|сказал бы|оценил бы)",
        probability="вероятность|конфиденс|уверенность",
        percent=r"процент\w*",
        about=r"около\b|примерно\b",
        out_of="из",
        level="высокая|низкая|средняя|неизвестно",
        total="сумма|суммa|итого|всего",
        text="текст|ответ",
        tens="десять|двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|сто",
        candidate="ответ|вариант|идея|подход|концепция|сценарий|гипотеза|версия|предложение",
        title="название|заголовок",
        closing="выбор|итог",
        notes="примечание|замечание",
        openings=r"любой из|эти\b|все\b|каждый|в целом|в итоге|я бы",
        answers="вероятност|вариант|ответы|ответов",
        parts="идеи",
        offers="дайте знать|если|хотите|хочешь|напишите|скажите|какой",
        choices="други|ещё|еще|больше|подробн",
        choosing=r"я\b|мой",
        wishes="надеюсь,? (?:это|эти|вам)[^.!?]{0,40}(?:помо|понрав|полез|вдохнов)",
        greetings="дорог|уважаем|здравствуй|привет",
        chance=r"вероятност\w*|шанс\w*",
        that=",? ?что|на",
        joins="и|или",
        contrasts="а",
        numerals="один/первый/первая|два/второй/вторая|три/третий/третья|четыре/четвёртый|пять/пятый|шесть|семь|восемь|девять|десять",
        ordinals="первое|второе|третье|четвёртое|пятое",
        leads="(?:затем|далее|наконец|потом) ",
        percent_name="процент",
        to="до",
        beside="с",
        rating="уверенность",
        hint="ответ|текст",
        wrapper="ответы|варианты|идеи",
        partings="удачи",
        share="доля",
    ),
    Language(
        name="Ukrainian",
        total="разом|усього|сума",
        about=r"близько\b|приблизно\b",
        probability="ймовірність",
        text="відповідь",
        candidate="відповідь|варіант|сценарій|гіпотеза",
    ),
    Language(
        name="Chinese",
        hedges_joined="左右|上下|以下|以上",
        probability="概率|機率|几率|機會率|置信度",
        possessive="的|之",
        of_this="(?:该|該|此|这个|這個|本)(?:回答|回复|回覆|选项|選項|答案|候选|文本|结果)?的",
        about="大约|大約|约",
        states="约为|为|為|是",
        level="高|低|中|未知|不明",
        total="合计|总计|总和|總和|合計",
        text="文本|回答|回复|回覆|答案|内容|內容|回应",
        candidate="回答|回复|回覆|响应|回應|方案|选项|選項|候选|候選|答案|响应示例|方向|想法|创意|創意|情景|场景|假设|建议",
        numerals="一|二|三|四|五|六|七|八|九|十",
        revises="最终|修改后|改进后",
        title="标题|標題|名称|名稱|主题|主題",
        reasoning="推理|思考|理由",
        aside="备注|说明",
        placeholder="回复内容|回答内容|响应内容|文本内容|回复文本",
        closing="选定|选择|最终|选中|推荐|选用|采用",
        notes="注|备注|備註|说明|說明|注意|提示",
        openings="概率均|概率为|概率是|以上|这些|這些|上述|每个|每個|总之|總之|综上|我会|我會|所有",
        answers="概率|機率|回答|答案|选项|選項|方案|回复|回覆|候选|候選",
        parts="数值|估计|想法",
        offers="如果|如需|若|需要|请告诉|請告訴|您(?:想|希望|需要)|你(?:想|希望|需要)|欢迎|歡迎",
        choices="更多|其他|其它|另外|有需要|随时|喜欢|喜歡",
        choosing="我|選|选",
        wishes="希望(?:这|這|以上|对|對|能|可以)[^。！]{0,30}(?:帮|幫|启发|啟發|喜欢|喜歡|有用)|祝(?:您|你)?(?:写作|寫作|创作|創作)",
        greetings="亲爱|親愛|尊敬|你好|您好",
        chance="可能性?|概率|机率|機率|几率|机会",
        that="是|为|會|会",
        joins="和",
        ordinals="第一|第二|第三|第四|第五",
        leads="(?:可能性?|概率)?最(?:大|高|有可能)的是|其次是?|最后是?|然后是?|以及",
        has="为|為|是",
        per_hundred="百分之",
        percent_name="百分",
        to="至|到",
        estimated="估计",
        hint="回复|回答|内容|文本",
        wrapper="回答|回复|选项|答案|候选",
        partings="祝您?(?:愉快|好运)",
        share="占比",
        or_less="以下",
        ordinal_name="序号",
    ),
    Language(
        name="Japanese",
        hedges_joined="程度|ほど|くらい|前後|以下|以上",
        probability="可能性|確率|信頼度",
        possessive="の",
        of_this="(?:この|その)(?:回答|応答|返答|候補|案|選択肢|テキスト|文)の",
        percent="パーセント",
        about=r"約|およそ|おおよそ",
        states="は|約",
        total="合計|計",
        text="テキスト|応答|本文",
        candidate="候補|応答|案|選択肢|提案|アイデア|シナリオ|仮説|パターン|回答",
        title="タイトル|テーマ名|テーマ",
        placeholder="応答テキスト|応答の文字列|回答テキスト",
        closing="採用|選択|決定|選定",
        notes="注记|注記|備考|補足|※",
        openings="確率は|これら|上記|全体|いずれも|それぞれ",
        answers="确率|確率|候補|選択肢|応答|他の案|別の案",
        parts="推定|アイデア",
        offers="他の|別の|もし|ご希望|必要|さらに|どれ",
        choices="お知らせ|お申し付け|もっと|更に",
        choosing="私",
        wishes="いかがでしょうか|ご参考に|お役に立て|参考になれば",
        greetings="拝啓|様",
        chance="確率|可能性",
        that="で",
        ordinals="一つ目|二つ目|三つ目",
        leads="おそらく|次に|最後に|続いて",
        has="は|が",
        to="から",
        estimated="推定",
        hint="テキスト",
        wrapper="回答|候補|選択肢|案",
        share="割合",
        or_less="未満",
        ordinal_name="番号",
    ),
    Language(
        name="Korean",
        hedges_joined=" ?(?:정도|이하|이상|내외)",
        probability="확률|가능성|신뢰도",
        possessive="의",
        of_this=r"(?:이|그|해당)\s?(?:응답|답변|선택지|텍스트|문장)(?:의)?\s?",
        percent="퍼센트",
        about=r"약|대략",
        level="높음|낮음|보통|미상",
        total="총합|합계|총계",
        text="텍스트|응답|답변|내용",
        candidate="응답|답변|옵션|후보|방안|아이디어|제안|시나리오|가설|선택지",
        title="제목|이름|테마",
        reasoning="분석|추론",
        placeholder="응답 텍스트",
        closing="선택|최종|추천|결론",
        notes="참고|주의|비고",
        openings=r"확률은|위의|이상|위\b|각\b|모든",
        answers="확률|응답|답변|선택지|옵션|후보",
        parts="아이디어|버전",
        offers=r"더\b|필요|원하|다른|혹시|어떤",
        choices="교체|말씀|알려|더 |필요",
        choosing="나는|저는",
        wishes="도움이 되|즐거운 글쓰기",
        greetings="안녕|친애",
        chance="확률|가능성",
        that="로|으로",
        leads=r"그\s?다음은|다음은|마지막으로 ",
        has="은|는|이|가",
        estimated="예상",
        hint="응답|텍스트",
        wrapper="응답|답변|선택지|후보",
        share="비율",
        or_less="이하",
    ),
    Language(
        name="Arabic",
        total="المجموع|الإجمالي",
        probability="الاحتمالية|الاحتمال|احتمالية|احتمال",
        about=r"حوالي|نحو|تقريبا",
        level="مرتفع|منخفض|غير معروف",
        text="النص|نص|الرد|الإجابة|إجابة",
        candidate="الرد|الإجابة|إجابة|الخيار|خيار|اقتراح|فكرة|اتجاه|السيناريو|سيناريو|الفرضية|البديل",
        title="العنوان|عنوان",
        placeholder="نص الإجابة",
        closing="الاختيار|النهائي",
        notes="ملاحظة|تنويه",
        openings=r"هذه|جميع|كل\b",
        answers="الاحتمالات|احتمالات|الخيارات|خيارات|الإجابات|إجابات|الردود",
        parts="الأفكار",
        offers=r"أخبرني|إذا|هل\b|أعلمني",
        choices="المزيد|أخرى",
        choosing="أختار|سأختار",
        wishes="(?:آمل|أتمنى) أن [^.!?]{0,40}(?:مفيد|تساعد|يساعد|تعجب)",
        greetings="عزيز|مرحبا|السيد",
        numerals="الأول/الأولى|الثاني/الثانية|الثالث/الثالثة|الرابع/الرابعة|الخامس/الخامسة",
    ),
    Language(
        name="Hebrew",
        probability="הסתברות|סבירות",
        text="טקסט|תשובה",
    ),
    Language(
        name="Hindi",
        candidate="विकल्प|उत्तर|परिदृश्य",
        total="कुल|योग",
        about=r"लगभग|करीब",
        probability="संभावना|प्रायिकता",
        possessive="की|का|के",
        of_this=r"इस\s(?:उत्तर|विकल्प|पाठ)\sकी\s",
        text="पाठ|उत्तर",
        notes="नोट|ध्यान दें|टिप्पणी",
        openings=r"ये\b|सभी\b|कुल मिलाकर",
        answers="संभावनाएँ|संभावनाएं|प्रायिकता|विकल्प|उत्तरों",
        parts="विचार",
        offers="अगर|यदि|क्या|बताइए",
        choices=r"और\b|बताइए|बताएं",
        choosing="मैं",
        wishes="(?:मुझे )?(?:आशा|उम्मीद) है[^।!?]{0,40}(?:मदद|पसंद|उपयोगी)",
        greetings="प्रिय|नमस्ते",
        to="से",
        joins="और|या",
        wrapper="उत्तर|विकल्प",
    ),
    Language(
        name="Bengali",
        probability="সম্ভাবনা|সম্ভাব্যতা",
        percent="শতাংশ",
        percent_name="শতাংশ|শতকরা",
        per_hundred="শতকরা",
        about="প্রায়|আনুমানিক",
        to="থেকে",
        level="উচ্চ|নিম্ন|মাঝারি|অজানা",
        total="মোট|যোগফল",
        text="পাঠ্য|উত্তর|বিষয়বস্তু",
        candidate="উত্তর|বিকল্প|প্রস্তাব|ধারণা",
        wrapper="উত্তরগুলো|বিকল্পগুলো|উত্তরসমূহ|বিকল্পসমূহ",
        tens="দশ|বিশ|ত্রিশ|চল্লিশ|পঞ্চাশ|ষাট|সত্তর|আশি|নব্বই|একশ",
        numerals="এক|দুই|তিন|চার|পাঁচ|ছয়|সাত|আট|নয়|দশ",
        ordinals="প্রথম|দ্বিতীয়|তৃতীয়|চতুর্থ|পঞ্চম",
        revises="সংশোধিত|চূড়ান্ত (?:উত্তর|তালিকা)",
        title="শিরোনাম|নাম",
        reasoning="যুক্তি|বিশ্লেষণ",
        aside="কারণ|মন্তব্য",
        estimated="আনুমানিক",
        placeholder="উত্তরের পাঠ্য|এখানে উত্তর",
        hint="উত্তর|উত্তরের|পাঠ্য",
        closing="চূড়ান্ত পছন্দ|নির্বাচিত",
        notes="দ্রষ্টব্য|নোট",
        openings="এই|এগুলো|সব|সামগ্রিকভাবে",
        modest="এই",
        answers="সম্ভাবনাগুলো|উত্তরগুলো|বিকল্পগুলো|বিকল্প",
        parts="ধারণাগুলো",
        offers="আপনি কি|তুমি কি|যদি|জানান",
        choices="আরও|অন্য",
        choosing="আমি",
        wishes="আশা করি (?:এটি|এগুলো)",
        partings="শুভকামনা",
        greetings="প্রিয়|নমস্কার",
        chance="সম্ভাবনা",
        joins="এবং|ও|বা",
        contrasts="কিন্তু",
        share="অংশ",
        ordinal_name="ক্রমিক",
    ),
    Language(
        name="Thai",
        total="รวม",
        about=r"ประมาณ",
        probability="สัดส่วน|ความน่าจะเป็น|ความเป็นไปได้",
    ),
    Language(
        name="Bulgarian, Macedonian",
        probability="вероятност|веројатност",
    ),
    Language(
        name="Belarusian",
        probability="верагоднасць|імавернасць",
    ),
    Language(
        name="Catalan, Basque",
        probability="probabilitat|probabilitatea",
    ),
    Language(
        name="Slovenian",
        probability="verjetnost",
    ),
    Language(
        name="Estonian, Latvian, Lithuanian",
        probability="tõenäosus|varbūtība|tikimybė",
    ),
    Language(
        name="Albanian",
        probability="probabiliteti",
    ),
    Language(
        name="Afrikaans",
        probability="waarskynlikheid",
    ),
    Language(
        name="Icelandic, Welsh, Irish",
        probability="líkindi|líkur|tebygolrwydd|dóchúlacht",
    ),
    Language(
        name="Filipino",
        probability="posibilidad",
    ),
    Language(
        name="Swahili",
        probability="uwezekano|uhakika",
        percent=r"asilimia\b",
        percent_name="asilimia",
        per_hundred="asilimia",
        about=r"takriban\b|karibu\b",
        to="hadi",
        out_of="kati ya",
        level="juu|chini|wastani|haijulikani",
        total="jumla",
        text="maandishi|jibu|maudhui",
        candidate="jibu|chaguo|pendekezo|wazo",
        wrapper="majibu|chaguzi|mapendekezo",
        tens="kumi|ishirini|thelathini|arobaini|hamsini|sitini|sabini|themanini|tisini|mia",
        numerals="moja|mbili|tatu|nne|tano|sita|saba|nane|tisa|kumi",
        ordinals="kwanza|pili",
        revises=r"(?:iliyorekebishwa|yaliyorekebishwa)\b",
        title="kichwa|jina",
        reasoning="hoja|uchambuzi",
        aside="sababu|maoni",
        beside="kwa",
        placeholder="jibu lako hapa|maandishi ya jibu",
        hint="jibu|maandishi",
        closing="chaguo la mwisho|uamuzi",
        notes="kumbuka|angalizo",
        openings=r"haya\b|hizi\b|yote\b|kwa jumla",
        modest=r"haya\b",
        answers="uwezekano|majibu|chaguzi|mapendekezo",
        parts="mawazo",
        offers="niambie|ungependa|unataka",
        choices="zaidi|mengine|nyingine",
        choosing=r"mimi\b|ninachagua|ningechagua",
        wishes="natumaini (?:haya|hizi|hii)",
        partings="furahia|kila la heri",
        greetings="mpendwa|habari",
        chance="uwezekano",
        that="kwamba|wa|ya",
        joins="na|au",
        contrasts="lakini",
        leads="(?:kisha|mwisho) ",
        share="sehemu",
        ordinal_name="namba",
    ),
    Language(
        name="Persian, Urdu",
        probability="امکان",
    ),
    Language(
        name="Marathi, Nepali",
        probability="शक्यता|संभाव्यता|सम्भावना",
    ),
    Language(
        name="Tamil, Telugu, Kannada, Malayalam",
        probability="நிகழ்தகவு|சாத்தியக்கூறு|సంభావ్యత|ಸಂಭವನೀಯತೆ|സംഭാവ്യത",
    ),
    Language(
        name="Gujarati, Punjabi",
        probability="સંભાવના|ਸੰਭਾਵਨਾ",
    ),
    Language(
        name="Georgian, Armenian",
        probability="ალბათობა|հավանականություն",
    ),
    Language(
        name="Kazakh, Uzbek, Azerbaijani",
        probability="ықтималдық|ehtimollik|ehtimal",
    ),
    Language(
        name="Mongolian",
        probability="магадлал",
    ),
    Language(
        name="Lao, Burmese, Khmer",
        probability="ຄວາມເປັນໄປໄດ້|ဖြစ်နိုင်ခြေ|ប្រូបាប",
    ),
)
