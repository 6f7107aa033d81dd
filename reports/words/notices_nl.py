"""The phrases about sources, spikes, the model and summaries of alerts in Dutch."""

PHRASES: dict[str, str] = {
    "label.rule": "Regel",
    "label.update": "Bijwerking",
    "label.seen": "Gezien?",
    "alert.update": "dit is melding nummer {n} over hetzelfde signaal: het vroeg opnieuw om een melding",
    "notice.subject": "[{organisation}] {what}",
    "notice.source.silent": "Bron zonder nieuws: {source}",
    "notice.source.blocked": "Bron niet gelezen: {source}",
    "notice.source.credential": "Bron heeft een sleutel of toestemming nodig: {source}",
    "notice.source.budget": "Bron bijna aan de grens van vandaag: {source}",
    "notice.text.silent": (
        "{source} wordt goed gelezen en is veel langer zonder nieuws dan gewoonlijk. Misschien werd "
        "er niets gezegd; misschien veranderde het adres of de zoekopdracht. Wat daar gezegd wordt, "
        "kan gemist worden."
    ),
    "notice.text.blocked": (
        "{source} kan niet gelezen worden. Wat daar gezegd wordt, wordt gemist tot dat verholpen is; "
        "het weekoverzicht meldt het gat."
    ),
    "notice.text.credential": (
        "{source} weigert de sleutel, of onze toestemming om te lezen loopt bijna af. Daarna wordt er"
        " niets gelezen."
    ),
    "notice.text.budget": (
        "{source} heeft het meeste verbruikt van wat vandaag mag. Is alles op, dan wordt er morgen "
        "verder gelezen."
    ),
    "notice.do.silent": (
        "Open de bron zelf en kijk of er nieuws is; probeer daarna `klankbord sources test {id}`."
    ),
    "notice.do.blocked": (
        "Kijk bij `klankbord sources list` en probeer daarna `klankbord sources test {id}`."
    ),
    "notice.do.credential": (
        "Vernieuw de sleutel, of lees de voorwaarden opnieuw en zet terms_read_on in sources.toml."
    ),
    "notice.do.budget": (
        "Gebeurt dit vaak, lees de bron dan minder vaak of verhoog het budget in sources.toml."
    ),
    "notice.spike.subject": "Veel meer gezegd dan gewoonlijk: {source}",
    "notice.spike.text": (
        "In {source} werd de laatste uren veel meer over {organisation} gezegd dan gewoonlijk op dit "
        "moment van de week. Waar het over gaat is niet bekend; het kan goed nieuws zijn."
    ),
    "notice.spike.do": "Lees de nieuwste vermeldingen voordat u iemand antwoordt.",
    "notice.model": "Meldingen over signalen wachten",
    "notice.model.text": (
        "De scores van de afgelopen week sprongen: het oordeel wijst nu veel meer of veel minder "
        "berichten aan dan eerst. Of het zich vergist, is niet bekend. Tot dat duidelijk is, wachten "
        "meldingen over signalen; de signalen staan in het weekoverzicht."
    ),
    "notice.model.do": "Bekijk de nieuwste signalen en hef dan de pauze op, of train het oordeel opnieuw.",
    "label.detail": "Bijzonderheid",
    "overflow.subject.one": "[{organisation}] nog {n} melding van vandaag in één mail",
    "overflow.subject.many": "[{organisation}] nog {n} meldingen van vandaag in één mail",
    "overflow.lead": (
        "Het aantal losse meldingen voor deze dag was bereikt. Deze kwamen daarna; elk is een "
        "mogelijk signaal, en geen is weggelaten."
    ),
}
