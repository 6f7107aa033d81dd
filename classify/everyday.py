"""Words of Dutch and English that say nothing of what a post is about. Pure."""

_WORDS = """
    a aan about above achter after again al all alle alleen allemaal alles almost als also alsof altijd
    always am an and anders any anyone are around as at avond back be because bedankt been before being
    below ben bent best beter better between bij bijna bijv both but by came can cannot could daar
    daarna daarom dag dagen dan dank dat day days deze did didn die dit do doe doen does doesn doet
    doing don done door down during dus each echt een eens eerst eerste eigenlijk elk elke else en er
    erg even evening ever every everyone few first for from gaan gaat geef geen get gets getting geven
    gewoon gister gisteren give go goed goede goes going gone good got great had hadden has have haven
    having he heb hebben hebt heeft heel hele hem hen her here hers het hier hij him his hoe hoor how
    hun i iedereen iemand iets if ik ikzelf in inmiddels into is isn it its itself jaar jammer jaren je
    jij jou jouw jullie just kan keep keer know kom komen komt kon krijg krijgen krijgt kun kunnen kunt
    laat lang langer last laten least less let leuk like little long look lot maak maakt maand maanden
    maar made mag make maken makes many may maybe me mean mee meer meest mensen met might mij mijn
    misschien moest moet moeten month months more morgen morning most much must my myself naar need net
    never new next niet niets nieuwe niks no nobody nog none nooit nor not nothing nou now nu ochtend of
    off often oh ok om omdat on once one only ons onze ook op or other our out over own paar pas people
    per please precies put quite rather really recht right said same samen saw say says see seem seems
    she should since so some someone something soms soon staat steeds still straks such sure take te
    tegen tell terug than thank thanks that the their them then there these they thing things think this
    those though through tijd time to toch today toen together told tomorrow tonight too tot try trying
    tussen twee two uit under until up upon us use used using van vanaf vandaag vanuit veel ver very
    vind vindt voor vooral vorig vorige vraag waar waarom wacht wanneer want wants waren was wasn wat
    way we week weeks weer weet weg weken wel welke well went were weten what when where whether which
    while who whole whose why wie wij wil will willen with without won worden wordt would yeah year
    years yes yesterday yet you your yours zal zeer zeg zeggen zegt zei zeker zelf zelfs zich zie zien
    ziet zij zijn zit zitten zo zoals zoiets zonder zou zouden zullen
"""
EVERYDAY = frozenset(_WORDS.split())
