//! Work units, the measure of what a question may cost: steps times live nodes, never the clock.

/// No answer: the budget ran out, or what was found is too long for git.
#[derive(Debug)]
pub(super) struct Undecided;

/// Takes units from the budget, or nothing where it has fewer.
pub(super) fn spend(budget: &mut u64, units: usize) -> Result<(), Undecided> {
    *budget = budget.checked_sub(units as u64).ok_or(Undecided)?;
    Ok(())
}

/// Runs `work` on a part of the budget.
pub(super) fn within<T>(share: u64, budget: &mut u64, work: impl FnOnce(&mut u64) -> T) -> T {
    let share = share.min(*budget);
    let mut part = share;
    let result = work(&mut part);
    *budget -= share - part.min(share);
    result
}
