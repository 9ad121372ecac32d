"""Who lives in Kazakhstan, what is known of friction between groups, and who said what about its territory.

Opinion, ties and court cases are what could be found, not a sample of what there was.
"""

from datetime import date
from math import sqrt

import numpy as np
import pandas as pd

from multivector.errors import NoData
from multivector.facts.dates import known_by, last_day, past, spoken
from multivector.facts.rows import cell, required, where
from multivector.findings import Asked, Table, shown

SLAVS = ("Russians", "Ukrainians", "Belarusians")
"""The three groups that the article calls ethnic Slavs. Poles are Slavs too, but the article does not name them."""
COMPARABLE_YEARS = (2021, 2022, 2023)
Z95 = 1.96


# Population --------------------------------------------------------------------------------------------------------


@shown(unit="%", digits=2)
def slavic_share(census: Table, year: int = 2021, published: bool = False) -> float:
    """Share of Russians, Ukrainians and Belarusians in the population at a census, in per cent.

    From counts where they exist, otherwise from published shares with one decimal. For 1989 there are two versions:
    recalculated with the census of 1999, and as ``published`` at the time.
    """
    return float(_census_shares(census, year, published)[list(SLAVS)].sum())


@shown(unit="%", digits=2)
def group_share(census: Table, group: str = "Kazakhs", year: int = 2021) -> float:
    """Share of one ethnic group in the population at a census, in per cent."""
    shares = _census_shares(census, year)
    if group not in shares:
        raise NoData(f"no figure found for {group} at the census of {year}")
    return float(shares[group])


def persons_counted(census: Table, group: str = "all groups", year: int = 2021) -> int:
    """Persons of an ethnic group at a census; ``all groups`` adds them up, ``Total`` is the published population."""
    found = where(census, year=year).dropna(subset=["persons"]).set_index("ethnic_group")["persons"]
    return int(found.drop("Total").sum() if group == "all groups" else found[group])


def composition(census: Table) -> pd.DataFrame:
    """Shares at every census: ``year``, ``Kazakhs``, the three Slavic groups and ``All others``, in per cent."""
    groups = ["Kazakhs", *SLAVS]
    shares = {year: _census_shares(census, year)[groups] for year in sorted(census["year"].unique())}
    frame = pd.DataFrame(shares).T.rename_axis(index="year", columns=None).reset_index()
    return frame.assign(**{"All others": 100 - frame[groups].sum(axis=1)})


def census_table(census: Table, year: int = 2021) -> pd.DataFrame:
    """Groups of one census by size: ``ethnic_group``, ``persons``, ``share_pct``, ``own_language_pct``."""
    frame = where(census, year=year).dropna(subset=["persons"]).query("ethnic_group != 'Total'")
    frame = frame.assign(
        share_pct=frame["ethnic_group"].map(_census_shares(census, year)),
        own_language_pct=(frame["native_language_own"] / frame["persons"] * 100).astype(float),
        last=frame["ethnic_group"] == "Other",
    )
    frame = frame.sort_values(["last", "persons"], ascending=[True, False], ignore_index=True)
    return frame[["ethnic_group", "persons", "share_pct", "own_language_pct"]]


@shown(digits=2)
def fractionalisation(census: Table) -> float:
    """Chance that two people drawn from the population of 2021 belong to different groups, between 0 and 1.

    The small groups that the census volume adds up as Other count as one group, so the value is a lower bound.
    """
    return float(1 - ((_census_shares(census, 2021) / 100) ** 2).sum())


@shown(unit="%", digits=1)
def share_among_slavs(census: Table, group: str = "Russians") -> float:
    """Share of one group among Russians, Ukrainians and Belarusians together in 2021, in per cent."""
    shares = _census_shares(census, 2021)
    return float(shares[group] / shares[list(SLAVS)].sum() * 100)


@shown(unit="%", digits=1)
def own_language(census: Table, group: str = "Ukrainians") -> float:
    """Share of an ethnic group whose native language is that of the group, census of 2021, in per cent."""
    row = where(census, year=2021, ethnic_group=group).iloc[0]
    return float(row["native_language_own"] / row["persons"] * 100)


@shown(unit="%", digits=2)
def slavic_estimate(ethnic_estimates: Table, date: str = "2021-01-01") -> float:
    """Share of the three Slavic groups in an official estimate between censuses, in per cent.

    Estimates up to 1 January 2022 continue the census of 2009; later ones start from the census of 2021.
    """
    shares = _estimated_shares(ethnic_estimates, date)
    missing = [group for group in SLAVS if group not in shares]
    if missing:
        raise NoData(f"the estimate of {spoken(date)} has no figure for {', '.join(missing)}")
    return float(shares[list(SLAVS)].sum())


@shown(unit="%", digits=1)
def slavic_ceiling(ethnic_estimates: Table, date: str = "2022-01-01", before: str = "2021-01-01") -> float:
    """Largest share that the three Slavic groups can have had by rounded counts, in per cent.

    Counts are raised by half of the unit to which they are rounded, the total is lowered by it. A group without a
    count (Belarusians) keeps its share of the estimate ``before``; that share has been falling.
    """
    rows = where(ethnic_estimates, date=date).set_index("ethnic_group")
    half = rows["rounded_to"].fillna(0).astype(float) / 2
    highest = (rows["persons"] + half).reindex(SLAVS) / (rows["persons"] - half)["Total"] * 100
    return float(highest.fillna(_estimated_shares(ethnic_estimates, before)).sum())


@shown(unit="%", digits=1)
def estimated_share(ethnic_estimates: Table, group: str = "Russians", date: str = "2023-03-01") -> float:
    """Share of one ethnic group in an official estimate between censuses, in per cent."""
    return float(_estimated_shares(ethnic_estimates, date)[group])


def last_at_least(census: Table, ethnic_estimates: Table, share: float = 20.0, kind: str = "any") -> str:
    """Latest date at which the three Slavic groups were at least ``share`` per cent of the population.

    ``kind`` is ``census`` or ``any``; with ``any`` official estimates count too, whichever census they start from.
    """
    dated = {str(year): _census_shares(census, year) for year in census["year"].unique()}
    if kind == "any":
        dated |= {day: _estimated_shares(ethnic_estimates, day) for day in ethnic_estimates["date"].unique()}
    slavic = pd.DataFrame(dated).loc[list(SLAVS)].sum(skipna=False)
    return spoken(max(slavic.index[slavic >= share], key=last_day))


def ukrainian_counts(census: Table, ethnic_estimates: Table, as_of: date) -> pd.DataFrame:
    """Counts of Ukrainians by the census of 2021 and by official estimates: ``when``, ``persons``, ``basis``, ``source_id``."""
    counted = where(census, year=2021).assign(date="2021", base="census")
    rows = where(pd.concat([counted, ethnic_estimates]), ethnic_group="Ukrainians").dropna(subset=["persons"])
    rows = rows.sort_values("date", ignore_index=True).astype({"persons": int})
    basis = {"before_census": "estimate from the census of 2009", "census_2021": "estimate from the census of 2021"}
    later = rows["date"].map(lambda day: ", later" if last_day(day) > as_of else "")
    rows = rows.assign(when=rows["date"].map(spoken), basis=rows["base"].replace(basis) + later)
    return rows[["when", "persons", "basis", "source_id"]]


@shown(unit="%", digits=0)
def ukrainian_gap(ukrainian_counts: Asked) -> float:
    """By how much the census of 2021 exceeds the estimate of January 2022 for Ukrainians, in per cent."""
    counts = ukrainian_counts().set_index("when")["persons"]
    return float((counts["2021"] / counts["1 January 2022"] - 1) * 100)


def russians_by_region(region_ethnicity: Table, region_population: Table, kaz_region_list: Table) -> pd.DataFrame:
    """Share of Russians in each region of Kazakhstan where a comparable figure was found.

    One row a region: ``iso_3166_2``, ``region``, ``share_pct`` (empty if not comparable, see ``_usable``), ``year``,
    ``status`` and ``dated_by``. For Almaty city the count is divided by the population of the same year.
    """
    found = where(region_ethnicity, ethnic_group="Russians")
    people = region_population.assign(year=region_population["date"].str[:4].astype(int)).sort_values("date")
    people = people.groupby(["iso_3166_2", "year"])["persons"].last().astype(float).rename("people")
    usable = _usable(found).join(people, on=["iso_3166_2", "year"])
    usable["share_pct"] = usable["share_pct"].fillna(usable["persons"].astype(float) / usable["people"] * 100)
    shown = usable.dropna(subset=["share_pct"]).drop_duplicates("iso_3166_2").assign(status="comparable")
    latest = found.sort_values("year").drop_duplicates("iso_3166_2", keep="last").set_index("iso_3166_2")
    reasons = {True: "old boundaries", False: "estimate made before the census"}
    reason = "only " + latest["year"].astype(str) + ": " + latest["boundaries"].eq("before_2022").map(reasons)
    frame = kaz_region_list[["iso_3166_2", "region"]].merge(shown, on="iso_3166_2", how="left")
    frame["status"] = frame["status"].fillna(frame["iso_3166_2"].map(reason)).fillna("no figure found")
    return frame[["iso_3166_2", "region", "share_pct", "year", "status", "dated_by"]].astype(
        {"share_pct": float, "year": "Int64"}
    )


def regions_shown(russians_by_region: Asked, shown: bool = True) -> int:
    """Number of regions with (or without) a comparable share of Russians."""
    known = russians_by_region()["share_pct"].notna()
    return int((known if shown else ~known).sum())


def regions_above(russians_by_region: Asked, share: float = 20.0) -> int:
    """Number of regions where Russians are more than ``share`` per cent, as far as comparable figures were found."""
    return int((russians_by_region()["share_pct"] > share).sum())


def regions_above_list(russians_by_region: Asked, share: float = 20.0) -> str:
    """The regions counted by ``regions_above``, lowest share first, as a list of names."""
    frame = russians_by_region()
    return ", ".join(frame[frame["share_pct"] > share].sort_values("share_pct")["region"])


def language_and_ethnicity(
    russians_by_region: Asked, region_ethnicity: Table, region_native_language: Table
) -> pd.DataFrame:
    """Native language (census 2021) beside ethnic shares, for the regions where native language was found.

    Columns ``region``, ``russian_language``, ``russians``, ``kazakh_language``, ``kazakhs`` in per cent. Ethnic shares
    are given only where comparable; the region of Almaty is left out because its boundaries changed.
    """
    spoken_at_home = where(region_native_language, boundaries="present")
    frame = spoken_at_home.pivot(index="iso_3166_2", columns="language", values="share_pct")
    frame = frame.rename(columns={"Russian": "russian_language", "Kazakh": "kazakh_language"}).rename_axis(columns=None)
    frame[["region", "russians"]] = russians_by_region().set_index("iso_3166_2")[["region", "share_pct"]]
    kazakhs = where(_usable(region_ethnicity), ethnic_group="Kazakhs").groupby("iso_3166_2")["share_pct"].last()
    frame = frame.assign(kazakhs=kazakhs).sort_values("russian_language", ascending=False, ignore_index=True)
    return frame[["region", "russian_language", "russians", "kazakh_language", "kazakhs"]]


def russians_and_language(russians_by_region: Asked, language_and_ethnicity: Asked) -> pd.DataFrame:
    """Share of Russians and of native speakers of Russian in every region, lowest first, in per cent.

    As ``russians_by_region`` with a column ``russian_language``; a region without a comparable share of Russians
    stands by its language, one without either comes first.
    """
    frame = russians_by_region().merge(language_and_ethnicity()[["region", "russian_language"]], how="left")
    level = frame["share_pct"].fillna(frame["russian_language"]).fillna(-1)
    return frame.loc[level.sort_values().index].reset_index(drop=True)


@shown(unit="percentage points", digits=1)
def language_proxy_error(language_and_ethnicity: Asked, language: str = "russian") -> float:
    """Largest distance between the native-language share and the ethnic share over regions that have both."""
    frame = language_and_ethnicity()
    return float((frame[f"{language}_language"] - frame[f"{language}s"]).abs().max())


# Friction, fragmentation, nationalism ---------------------------------------------------------------------------


def society_record(society_evidence: Table, as_of: date, later: bool = False) -> pd.DataFrame:
    """The material found on opinion, ties and separatism up to the day of judgement, or only the ``later`` part.

    ``bears``: for or against friction among the Slavs of Kazakhstan; what is on anybody else bears on neither.
    """
    frame = past(society_evidence, as_of, later).reset_index(drop=True)
    known = frame.index.isin(known_by(frame, as_of).index) | later
    when = frame["date"].map(spoken) + np.where(known, "", ", reported later")
    frame = frame.assign(when=when, kind=frame["kind"].str.replace("_", " "))
    return frame[["when", "bears", "compares", "summary", "kind", "source_id"]]


def evidence_count(society_evidence: Table, as_of: date, kind: str = "", topic: str = "", bears: str = "") -> int:
    """Number of items found up to the day of judgement, by kind, topic and what they speak for or against."""
    asked = {"kind": kind, "topic": topic, "bears": bears}
    return len(where(known_by(society_evidence, as_of), **{name: value for name, value in asked.items() if value}))


def comparisons_of_slavs(society_evidence: Table, as_of: date) -> int:
    """Number of items up to the day of judgement that set Slavic groups of Kazakhstan side by side."""
    named = known_by(society_evidence, as_of)["compares"].map(lambda groups: sum(slav in groups for slav in SLAVS))
    return int((named >= 2).sum())


def surveys_of_ukrainians(society_evidence: Table, as_of: date) -> int:
    """Number of surveys up to the day of judgement that report Ukrainians of Kazakhstan separately."""
    return len(where(known_by(society_evidence, as_of), kind="survey", ukrainians_separate=True))


def persons_in_separatism_cases(society_evidence: Table, as_of: date) -> int:
    """Persons charged, detained or convicted in the separatism cases found up to the day of judgement."""
    return int(where(known_by(society_evidence, as_of), topic="separatism")["persons_charged"].sum())


@shown(unit="%", digits=0)
def poll_share(
    polls: Table, poll: str = "KSE and Gradus", respondents: str = "Russians", answer: str = "supports the war"
) -> float:
    """Share of respondents of a poll who gave an answer, in per cent; answers of one poll differ in their words."""
    missing = f"no figure found for {respondents} in the poll {poll}"
    return float(cell(polls, "share_pct", missing, poll=poll, respondents=respondents, answer=answer))


def poll_sides(polls: Table) -> pd.DataFrame:
    """Shares that side with Russia and with Ukraine, by group of respondents, in the polls that asked it.

    Columns ``poll``, ``when``, ``breakdown``, ``respondents``, ``Russia``, ``Ukraine`` in per cent. The poll of April
    2022 asked for support of the war instead; that stands in ``Russia`` and has no counterpart.
    """
    sides = {"sides with Russia": "Russia", "sides with Ukraine": "Ukraine", "supports the war": "Russia"}
    asked = polls.assign(side=polls["answer"].map(sides)).dropna(subset=["side"])
    keys = ["fieldwork_end", "poll", "breakdown", "respondents"]
    wide = asked.pivot(index=keys, columns="side", values="share_pct").reset_index().rename_axis(columns=None)
    wide = wide.assign(when=wide["fieldwork_end"].str[:7].map(spoken), part=wide["breakdown"] != "all")
    wide = wide.sort_values(["fieldwork_end", "part", "respondents"], ignore_index=True)
    return wide[["poll", "when", "breakdown", "respondents", "Russia", "Ukraine"]]


def sample_size(polls: Table, poll: str = "Demoscope 3") -> int:
    """Number of persons interviewed in a poll."""
    return int(cell(polls, "sample_size", f"no sample size found for the poll {poll}", poll=poll))


def ukrainians_in_sample(group_share: Asked, sample: int = 1100) -> float:
    """Ukrainians to expect in a simple random sample of the population of Kazakhstan, by the census of 2021."""
    return sample * group_share(group="Ukrainians", year=2021) / 100


@shown(unit="percentage points", digits=0)
def ukrainian_margin(ukrainians_in_sample: Asked, sample: int = 1100) -> float:
    """Margin of error for a share of one half among the Ukrainians in such a sample, 95 per cent confidence.

    Weighting and design effects make the real margin wider.
    """
    return Z95 * sqrt(0.25 / ukrainians_in_sample(sample=sample)) * 100


def sample_needed(group_share: Asked, margin: float = 5.0) -> float:
    """Size of a random sample of the population that would give this margin among Ukrainians, in persons."""
    return 0.25 * (Z95 / (margin / 100)) ** 2 / (group_share(group="Ukrainians", year=2021) / 100)


# Statements about territory -------------------------------------------------------------------------------------


def irredentist_record(irredentist_statements: Table, as_of: date, later: bool = False) -> pd.DataFrame:
    """Statements from Russia about Kazakhstan up to the day of judgement (or ``later``), with the office held then."""
    frame = past(irredentist_statements, as_of, later)
    frame = frame.sort_values("date", key=lambda dates: dates.map(last_day), kind="stable", ignore_index=True)
    frame["when"] = frame["date"].map(spoken)
    return frame[["when", "person", "summary", "subject", "office_then", "authorship", "source_id"]]


def irredentist_count(
    irredentist_statements: Table,
    as_of: date,
    office: str = "lawmaker",
    subject: str = "territory",
    authorship: str = "undisputed",
) -> int:
    """Number of statements on record by kind of office, subject and authorship, up to the day of judgement."""
    known = known_by(irredentist_statements, as_of)
    return len(where(known, office_kind=office, subject=subject, authorship=authorship))


def irredentist_persons(
    irredentist_statements: Table, as_of: date, office: str = "lawmaker", subject: str = "territory"
) -> int:
    """Number of people with an undisputed statement on record, by kind of office and subject."""
    known = known_by(irredentist_statements, as_of)
    return where(known, office_kind=office, subject=subject, authorship="undisputed")["person"].nunique()


def reactions(irredentism_reactions: Table) -> pd.DataFrame:
    """Public reactions of the authorities of Kazakhstan, in order of time."""
    frame = irredentism_reactions.sort_values("date", ignore_index=True)
    return frame.assign(when=frame["date"].map(spoken))[["when", "actor", "summary", "kind", "source_id"]]


def reaction_count(irredentism_reactions: Table, as_of: date, bears: str = "any") -> int:
    """Number of public reactions of the authorities of Kazakhstan up to the day of judgement.

    All of them, or those that show concern (``for``) or call the words of no consequence (``against``).
    """
    known = known_by(irredentism_reactions, as_of)
    return len(known if bears == "any" else where(known, bears=bears))


def _census_shares(census: Table, year: int, published: bool = False) -> pd.Series:
    """Share of every group at one census: counts over the published total where there are counts.

    Where a census was recalculated later, the recalculated rows are taken unless ``published`` is asked for.
    """
    years = ", ".join(str(known) for known in sorted(census["year"].unique()))
    rows = required(census, f"no census in {year}; the table has {years}", year=year)
    if "recalculated" in set(rows["version"]):
        rows = rows[(rows["version"] == "recalculated") != published]
    stated, counted = _shares(rows)
    return counted.fillna(stated).dropna()


def _estimated_shares(ethnic_estimates: Table, day: str) -> pd.Series:
    """Share of every group in one estimate: as published, else the count over the published total."""
    stated, counted = _shares(required(ethnic_estimates, f"no official estimate of {day} was found", date=day))
    return stated.fillna(counted).dropna()


def _shares(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Share of every group as published, and what its persons are of the published total."""
    groups = rows.set_index("ethnic_group")
    persons = groups["persons"].astype(float)
    shares = groups.assign(counted=persons / persons.get("Total", float("nan")) * 100).drop("Total", errors="ignore")
    return shares["share_pct"], shares["counted"]


def _usable(region_ethnicity: Table) -> pd.DataFrame:
    """Rows that can stand side by side: 2021 to 2023, present boundaries, not an estimate made before the census."""
    return where(region_ethnicity, year=COMPARABLE_YEARS, boundaries="present", base=("census_2021", "not_stated"))
