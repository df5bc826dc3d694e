//! Areas by roles: the heat map, and how each area's files stand.

use maud::{Markup, html};

use super::{Page, percent, shown};
use crate::picture::{AreaRow, Standing};
use crate::policy::RoleId;

impl Page<'_> {
    pub(super) fn matrix(&self) -> Markup {
        let roles = &self.picture.roles;
        html! {
            section aria-labelledby="matrix-title" {
                h2 id="matrix-title" { "Who answers for what" }
                @if self.picture.areas.is_empty() {
                    p { "No ML artefacts were found." }
                } @else {
                    p class="hint" {
                        "Each cell counts the files about which that role is asked; a file with owners of two roles counts "
                        "for both. An outline marks the roles that are accountable. The five columns on the right add up to "
                        "the files."
                    }
                    div class="scroll" tabindex="0" role="region" aria-labelledby="matrix-title" {
                        table id="matrix" {
                            thead {
                                tr {
                                    th scope="col" { "Area" }
                                    th scope="col" class="number" { "Files" }
                                    @for role in roles { th scope="col" class="number" { (self.role(*role)) } }
                                    th scope="col" class="number" { "no role" }
                                    @for standing in Standing::ALL {
                                        th scope="col" class="number standing" { (standing.name()) }
                                    }
                                }
                            }
                            tbody { @for row in &self.picture.areas { (line(row, roles)) } }
                            tfoot {
                                tr {
                                    th scope="row" { "All" }
                                    td class="number" data-total="files" { (self.picture.artefacts()) }
                                    @for role in roles {
                                        td class="number" { (self.picture.areas.iter().filter_map(|row| row.roles.get(role)).sum::<usize>()) }
                                    }
                                    td class="number" { (self.picture.areas.iter().map(|row| row.no_role).sum::<usize>()) }
                                    @for standing in Standing::ALL {
                                        td class="number" data-total=(class(standing)) { (self.picture.total(standing)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// An area's line.
fn line(row: &AreaRow, roles: &[RoleId]) -> Markup {
    html! {
        tr data-area=(shown(&row.name)) {
            th scope="row" title=[row.because.as_deref().map(shown)] { (shown(&row.name)) }
            td class="number" data-files=(row.files) { (row.files) }
            @for role in roles {
                (heat(row, row.roles.get(role).copied().unwrap_or(0), row.accountable.contains(role)))
            }
            (heat(row, row.no_role, false))
            @for standing in Standing::ALL {
                @let count = row.count(standing);
                td class={ "number standing " (class(standing)) @if count == 0 { " none" } } data-count=(count) { (count) }
            }
        }
    }
}

/// One cell; the colour's depth is the share of the area's files.
fn heat(row: &AreaRow, count: usize, accountable: bool) -> Markup {
    let share = percent(count, row.files);
    html! {
        td class={ "number heat" @if accountable { " accountable" } @if count == 0 { " none" } }
            style={ "--share:" (share) "%" }
            title={ (share) "% of the files" @if accountable { ", accountable" } } {
            (count)
            @if accountable { span class="aloud" { " (accountable)" } }
        }
    }
}

/// The standing's class in the style sheet.
pub(super) fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Answered => "answered",
        Standing::WrongRole => "wrong",
        Standing::CatchAll => "catch-all",
        Standing::Ownerless => "ownerless",
        Standing::Unmatched => "unmatched",
    }
}
