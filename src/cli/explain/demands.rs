//! What an area asks of a path's owners, and whether it is so.

use serde::Serialize;

use super::story::Teller;
use crate::codeowners::{EntryId, Owner};
use crate::ownership::{Demand, Gap, OwnerAt, Verdict};
use crate::policy::{AreaId, Located, Party};
use crate::rules;

/// One thing that is asked.
#[derive(Debug, Serialize)]
pub(super) struct Demanded {
    /// The policy's key: `accountable`; `owned` for what every area asks.
    pub(super) what: &'static str,
    /// Whom or what it asks for.
    pub(super) wanted: String,
    pub(super) met: Met,
    /// The owners by whom it is met, or who stand against it.
    pub(super) by: Vec<String>,
    /// What there is to say of it (behind the owners, where there are any).
    pub(super) why: String,
    /// Where the policy says it.
    pub(super) place: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Met {
    Yes,
    No,
    /// Nobody could meet it, so nobody is blamed.
    Open,
}

impl Met {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Open => "open",
        }
    }
}

/// All that an area asks of the path that these entries win.
pub(super) fn demanded(teller: &Teller<'_>, winners: &[EntryId], area: AreaId) -> Vec<Demanded> {
    let judge = &teller.context.judge;
    if judge.asks_nothing(area) {
        return Vec::new();
    }
    let Some(wanted) = &teller.context.policy.area(area).ownership else { return Vec::new() };
    let verdict = teller.context.verdict(winners, area);
    let ask = Ask { teller, winners, area, verdict };
    let mut all = vec![ask.owned()];
    let place = |at| Some(teller.place(at));
    if let Some(specific) = wanted.specific.as_ref().filter(|specific| specific.value) {
        let met = judge.meets(winners, area, Demand::Specific);
        let why = if met { "" } else { "only the entry for everything matches" };
        all.push(plain(Demand::Specific, "an entry of its own", met, why, place(specific.at)));
    }
    all.extend(wanted.accountable.as_ref().map(|parties| ask.one_of(Demand::Accountable, parties)));
    for (index, party) in wanted.consulted.iter().flat_map(|parties| parties.value.iter().enumerate()) {
        all.push(ask.consulted(index, party));
    }
    all.extend(wanted.approvers.as_ref().map(|parties| ask.one_of(Demand::Approvers, parties)));
    if let Some(parties) = &wanted.never_alone {
        let met = judge.meets(winners, area, Demand::NeverAlone);
        let wanted = format!("not {} alone", ask.parties(&parties.value, "or"));
        let why = if met { "" } else { "can approve" };
        let demanded = plain(Demand::NeverAlone, &wanted, met, why, place(parties.at));
        all.push(Demanded { by: ask.names(&ask.verdict.alone), ..demanded });
    }
    if let Some(least) = &wanted.min_owners {
        let met = judge.meets(winners, area, Demand::MinOwners);
        let why = ask.verdict.too_few.map(|few| format!("there is {few}, and no team")).unwrap_or_default();
        let wanted = format!("{} owners, or a team", least.value);
        all.push(plain(Demand::MinOwners, &wanted, met, &why, place(least.at)));
    }
    if let Some(only) = wanted.teams_only.as_ref().filter(|only| only.value) {
        let met = judge.meets(winners, area, Demand::TeamsOnly);
        let by = ask.names(&ask.verdict.individuals);
        let why = match by.len() {
            0 => "",
            1 => "is one person",
            _ => "are persons",
        };
        let demanded = plain(Demand::TeamsOnly, "teams, no individuals", met, why, place(only.at));
        all.push(Demanded { by, ..demanded });
    }
    all
}

struct Ask<'t, 'a> {
    teller: &'t Teller<'a>,
    winners: &'t [EntryId],
    area: AreaId,
    verdict: Verdict,
}

fn plain(what: Demand, wanted: &str, met: bool, why: &str, place: Option<String>) -> Demanded {
    let met = if met { Met::Yes } else { Met::No };
    let what = what.key().unwrap_or("owned");
    Demanded { what, wanted: wanted.to_owned(), met, by: Vec::new(), why: why.to_owned(), place }
}

impl Ask<'_, '_> {
    fn owned(&self) -> Demanded {
        let why = match self.verdict.gap {
            Some(Gap::Unmatched) => "no entry matches",
            Some(Gap::Ownerless) => "nobody has to approve",
            _ => "",
        };
        let met = !self.is_nobodys();
        plain(Demand::Owned, "by somebody", met, why, None)
    }

    /// True where nobody is asked at all.
    fn is_nobodys(&self) -> bool {
        matches!(self.verdict.gap, Some(Gap::Unmatched | Gap::Ownerless))
    }

    /// One of the parties is asked, or always has to approve.
    fn one_of(&self, what: Demand, parties: &Located<Vec<Located<Party>>>) -> Demanded {
        let wanted = self.parties(&parties.value, "or");
        let place = Some(self.teller.place(parties.at));
        if !parties.value.iter().any(|party| self.teller.context.judge.can_be_met(&party.value)) {
            return self.open(what, &wanted, place);
        }
        let met = !self.is_nobodys() && self.teller.context.judge.meets(self.winners, self.area, what);
        let (by, why) = match (met, what) {
            (true, _) => (self.those_who_are(&parties.value), ""),
            (false, _) if self.is_nobodys() => (Vec::new(), "nobody is asked"),
            (false, Demand::Approvers) => (self.names(&self.verdict.outside_approvers), "can approve without them"),
            (false, _) => (Vec::new(), "none of the owners is"),
        };
        Demanded { by, ..plain(what, &wanted, met, why, place) }
    }

    fn consulted(&self, index: usize, party: &Located<Party>) -> Demanded {
        let wanted = self.parties(std::slice::from_ref(party), "or");
        let place = Some(self.teller.place(party.at));
        let what = Demand::Consulted(index);
        if !self.teller.context.judge.can_be_met(&party.value) {
            return self.open(what, &wanted, place);
        }
        let met = !self.is_nobodys() && self.teller.context.judge.meets(self.winners, self.area, what);
        let by = if met { self.those_who_are(std::slice::from_ref(party)) } else { Vec::new() };
        Demanded { by, ..plain(what, &wanted, met, if met { "" } else { "not asked" }, place) }
    }

    fn open(&self, what: Demand, wanted: &str, place: Option<String>) -> Demanded {
        let why = if self.teller.context.policy.has_role_map() {
            "nobody holds or covers that role (MLO502)"
        } else {
            "the policy does not say who holds which role"
        };
        Demanded { met: Met::Open, ..plain(what, wanted, false, why, place) }
    }

    /// The owners who are one of the parties.
    fn those_who_are(&self, parties: &[Located<Party>]) -> Vec<String> {
        let judge = &self.teller.context.judge;
        let is_one = |owner: &&Owner| parties.iter().any(|party| judge.is_asked(owner, &party.value));
        let asked = judge.asked(self.winners);
        let mut names: Vec<String> =
            asked.iter().flat_map(|entry| &entry.owners).filter(is_one).map(|owner| owner.text.clone()).collect();
        names.dedup();
        names
    }

    fn names(&self, places: &[OwnerAt]) -> Vec<String> {
        places.iter().map(|at| self.teller.context.entry(at.entry).owners[at.index].text.clone()).collect()
    }

    fn parties(&self, parties: &[Located<Party>], last: &str) -> String {
        rules::parties(&self.teller.context, parties, last)
    }
}
