//! Work units, the measure of what a question may cost: steps times live threads, never the clock.

/// The budget ran out.
#[derive(Debug)]
pub(super) struct Spent;

/// Takes units from the budget, or nothing where it has fewer.
pub(super) fn spend(budget: &mut u64, units: usize) -> Result<(), Spent> {
    *budget = budget.checked_sub(units as u64).ok_or(Spent)?;
    Ok(())
}

/// A count as the number of the next one. Whatever is counted was paid for, so that the numbers never run out.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
