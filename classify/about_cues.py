"""Words that tell an organisation from a bird, a family or a club of the same name; "*" is any ending. Data.

General words of both languages, of no organisation in particular: what one organisation alone would say
stands in its organisation.toml.
"""

from collections.abc import Mapping

#: what people write about who works somewhere, what it sells and how it is run
OURS: Mapping[str, str] = {
    "work": (
        "werk werkt werken werkte gewerkt werkgever* werknemer* werkplek* werkvloer* baan banen bijbaan*"
        " vacature* sollicit* gesolliciteerd stage stages stageplek* stagiair* collega* baas bazen chef"
        " manager* management directeur* directie* bestuurder* topman topvrouw ceo cfo coo cto hr"
        " personeel* medewerk* kantoor kantoren kantoortuin afdeling* salaris* loon lonen loonsverhoging"
        " uurloon rooster* ploeg ploegen nachtploeg* avondploeg* nachtdienst* dienst diensten vakbond*"
        " bond staking* staken cao ondernemingsraad ontslag* ontslaan reorganisatie* intranet"
        " leidinggevende* teamleider* ploegleider* functie* contract* overwerk* overuren uitzendkracht*"
        " inhuur werkdruk burn-out ziekgemeld inwerk* badge* pasje* monteur* chauffeur* planner* planning"
        " ingenieur* technici technicus beveilig* receptie* uniform* notulen vergader* mt memo* intern"
        " interne mail mails mailtje* werkoverleg kantine* pensionering work works working worked"
        " workplace* workmate* job jobs hire hires hired hiring employ* staff staffing boss bosses"
        " executive* office offices department* shift shifts rota rotas roster* union unions strike*"
        " interview* recruit* colleague* coworker* co-worker* internship* interns salary salaries wage*"
        " payroll canteen supervisor* desk layoff* redundan* overtime onboarding team-lead memo minutes"
        " meeting meetings all-hands internal internally badges engineer* technician* driver drivers"
        " nurse* receptionist* vacanc* applied applying colleagues headcount lanyard crew crews"
    ),
    "service": (
        "klant klanten klantenservice klantenlijn klantnummer* webcare service* servicedesk helpdesk"
        " klacht* klagen bestel* besteld lever* geleverd bezorg* pakket* pakje* factuur* facturen"
        " rekening* abonnement* abo opzeg* opgezegd garantie* retour* terugbetal* vergoed* storing* app"
        " apps website* site sites account* wachtwoord* password* code codes pincode* balie* filiaal*"
        " filialen vestiging* winkel* openingstijd* aanbieding* korting* tarief* tarieven prijs prijzen"
        " prijsverhoging* duurder goedkoper betaal* betalen betaald wachtrij* wachttijd* reparatie*"
        " onderdeel onderdelen offerte* verzeker* schadeformulier* claim* review* recensie* lidmaatschap*"
        " inlog* login* formulier* afspraak dienstverlening telefonisch aanvraag* aangevraagd product*"
        " uitzending* podcast* aflevering* customer* client clients support complaint* complain order"
        " orders ordered deliver* parcel* invoice* bill bills billing subscri* cancel* warrant* refund*"
        " return returns outage* branch branches shop shops store stores price* pricey fee fees discount*"
        " queue queues charge charged charges helpline* hotline* ticket* voucher* appointment* membership*"
        " parking parkeer* wifi receipt* counter checkout replacement* spare terminal tracking broadcast*"
        " episode*"
    ),
    "business": (
        "aandeel aandelen aandeelhouder* koers* beurs beursgenoteerd omzet* winst* winstmarge verlies"
        " cijfers kwartaal* jaarverslag* jaarrekening* persbericht* overname* leverancier* concurrent*"
        " concurrentie aanbesteding* investeer* investering* begroting* budget* lancer* gelanceerd"
        " introduc* productie* bedrijf bedrijven bedrijfs* onderneming* firma organisatie* miljoen miljard"
        " mln klokkenluid* gelekt toezichthouder* inspectie vergunning* sponsor* fabriek* hoofdkantoor*"
        " magazijn* depot* machine* belegger* dividend* share shares shareholder* stock stocks revenue*"
        " profit* margin* earnings quarter* annual press supplier* tender* merger* takeover* acqui*"
        " company companies firm firms corporate business* industr* launch* million* billion* leaked"
        " whistle* regulator* licen* headquarter* hq warehouse* factory plant investor* invest* brand*"
        " competitor* bookings forecast* vendor* contractor* subcontractor* fined lawsuit* ads advert*"
        " campaign*"
    ),
}

#: what people write about whatever else may bear the same name
OTHER: Mapping[str, str] = {
    "nature": (
        "vogel* riet rietkraag rietland nest nesten nestel* broed* broedend eieren snavel* veren vleugel*"
        " natuur* boswachter* moeras* weiland* tuin tuinen boom bomen berk berken eik eiken struik* bloem*"
        " dier dieren soort soorten kater poes insect* vlinder* vis vissen roofvogel* gezongen fluitend"
        " gespot waarneming* verrekijker* reservaat* duinen heide roedel kudde hert herten reiger* kraai*"
        " meeuw* uil uilen eend eenden egel* vos vossen wolf paddenstoel* gewei kijkhut* mannetje*"
        " vrouwtje* bird* reed reeds nests nesting beak feather* wing wings tail wildlife nature garden"
        " gardens tree trees flower* species wetland* marsh* meadow* woods woodland animal* fox foxes"
        " spotted sighting* binocular* chick chicks egg eggs flock* juvenile heron* crow crows gull* owl*"
        " duck* hedgehog* deer butterfl* moth moths wader* magpie* jackdaw* feeder perched roost* river"
        " pond lake swan*"
    ),
    "sport": (
        "voetbal* wedstrijd* turnen turnuitvoering* turnvereniging* atletiekvereniging* elftal* goal*"
        " doelpunt* scoort scoorde gescoord keeper* scheids* lijnrechter* grensrechter* buitenspel"
        " competitie* toernooi* kampioen* thuiswedstrijd* uitwedstrijd* kleedkamer* spits trainer*"
        " supporter* pupillen korfbal* handbal* hockey* tennis* judo* atletiek* schaats* zwemclub* vv fc"
        " sv kv rkvv afc hoofdklass* finale* bekerduel* derby* penalty* clublied ledenvergadering"
        " contributie* gelijkspel tweede-helft darts biljart* competitieduel football* soccer match"
        " matches league* score scores scored scoring striker* midfield* referee* linesman tournament*"
        " champion* pitch kick-off penalt* gymnastic* clubhouse goalkeeper* goalie derby away-fans"
        " defender* team-mate* teammate* korfball netball rugby cricket hockey bronze medal* groundsman"
        " halftime half-time innings"
    ),
    "person": (
        "meneer mevrouw mevr dhr familie tante oom neef nicht achternaam meisjesnaam geboren overleden"
        " gestorven begraf* uitvaart* dokter* huisarts* dierenarts* burgemeester* wethouder* minister*"
        " staatssecretaris* kamerlid* raadsheer advocaat advocaten rechter* professor* prof hoogleraar*"
        " meester juf lerares leraar* docent* pastoor* dominee* zanger* zangeres* schilder schilders"
        " schrijver* dichter* acteur* actrice* raadpensionaris notaris weduwe mr mrs dr doctor doctors"
        " mayor* senator* judge* lawyer* vicar* priest* teacher* singer* painter* author* poet* actor*"
        " actress* surname* grandmother* grandfather* grandma grandpa gran aunt uncle died funeral* niece"
        " nephew genealog* ancestor* stamboom* widow* sailed emigrated reverend sergeant captain"
    ),
    "place": (
        "bakkerij* bakker bakkers slagerij* slager slagers cafe cafes eetcafe* restaurant* brasserie*"
        " bistro* kroeg* hotel* camping* huisje* vakantiehuis* vakantiepark* chalet* basisschool* kleuter*"
        " bs obs scouting* speltak* welpen zomerkamp* kerk kerken kapel* buurthuis* dorpshuis* dorpsblad"
        " molen molens boerderij* zeilboot* zeilschip* jacht* zeil* schouw botter* manege* makelaar*"
        " makelaardij kapper* kapsalon* bloemist* fietsenmaker* juwelier* garagebedrijf clubblad"
        " schoolkrant wijkblad kantinedienst klaverjas* bakery bakeries butcher* pub pubs inn b&b"
        " campsite* cottage* cabin* church* chapel* village* yacht* sailing barber* florist* vet vets"
        " brasserie scouts houseboat mussels realtor*"
    ),
    "lore": (
        "planeet planeten ster sterren sterrenkunde* zon maan heelal telescoop* astronom* horoscoop*"
        " sterrenbeeld* retrograde krater* god goden godin* mytholog* romein* grieks* griekse grieken"
        " latijn tempel* heiligdom keizer* standbeeld* beeldhouw* gevelbeeld schilderij* zandsteen"
        " archeolog* munt munten opgraving* prentenboek* roman hoofdstuk* gedicht* dichtbundel* rijm*"
        " sprookje* toneel* opera* concert* museum* lezing lezingen puzzel* kruiswoord* quizvraag quiz"
        " kopij tijdschrift* scheikund* kwik thermometer* eeuw eeuwen spreekwoord* bijgeloof naslag"
        " legende* woordenboek* eclips* venus saturnus jupiter hermes zeus planet* star stars moon orbit*"
        " universe telescope* horoscope* zodiac crater* gods goddess* myth* romans greek greeks temple*"
        " shrine emperor* statue* sculpt* painting* novel* chapter* poem* poetry rhyme* fairy lecture*"
        " crossword* magazine* zine chemistry quicksilver century centuries pronounc* dictionar* etymolog*"
        " antique* legend folklore stanza verse saturn ancient trickster probe observatory constellation*"
        " alchem*"
    ),
}
