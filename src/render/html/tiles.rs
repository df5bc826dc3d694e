//! The repository's directories as a treemap, and the same as a table for those who do not see it.

use maud::{Markup, html};

use super::{Page, percent};
use crate::picture::{Holder, Tile};
use crate::sanitize;

/// The picture's height for a width of 1000.
const HEIGHT: f64 = 520.0;
/// Roles that get a colour of their own; the others share the last.
const COLOURS: usize = 8;

impl Page<'_> {
    pub(super) fn tiles(&self) -> Markup {
        let tiles = &self.picture.tiles;
        let mut holders: Vec<Holder> = tiles.iter().map(|tile| tile.holder).collect();
        holders.sort_unstable();
        holders.dedup();
        html! {
            section aria-labelledby="map-title" {
                h2 id="map-title" { "The repository" }
                p class="hint" {
                    "Every directory, as large as it has files, in the colour of whom most of its files are asked of."
                }
                ul class="legend" {
                    @for holder in &holders {
                        li { span class={ "swatch " (self.colour(*holder)) } {} (self.holder(*holder)) }
                    }
                }
                svg class="map" viewBox={ "0 0 1000 " (HEIGHT) } role="img" aria-label="Treemap of directories; the table below says the same" {
                    @for tile in tiles { (self.tile(tile)) }
                }
                details {
                    summary { "As a table" }
                    div class="scroll" tabindex="0" role="region" aria-label="Directories by who is asked" {
                        table {
                            thead { tr { th scope="col" { "Directory" } th scope="col" class="number" { "Files" } th scope="col" { "Mostly" } } }
                            tbody {
                                @for tile in tiles {
                                    tr {
                                        th scope="row" { (name(tile)) }
                                        td class="number" { (tile.files) }
                                        td { (self.holder(tile.holder)) " (" (percent(tile.of_holder, tile.files)) "%)" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn tile(&self, tile: &Tile) -> Markup {
        let place = tile.place;
        let (y, height) = (place.y * HEIGHT / 1000.0, place.height * HEIGHT / 1000.0);
        let name = name(tile);
        let room = letters(place.width);
        let fits = height >= 20.0 && room >= 4;
        let short: String = name.chars().take(room).collect();
        html! {
            g class={ "tile " (self.colour(tile.holder)) } {
                title { (name) ": " (tile.files) " files, " (percent(tile.of_holder, tile.files)) "% " (self.holder(tile.holder)) }
                rect x=(number(place.x)) y=(number(y)) width=(number(place.width)) height=(number(height)) {}
                @if fits {
                    text x=(number(place.x + 6.0)) y=(number(y + 16.0)) {
                        @if short.len() < name.len() { (short.chars().take(room - 1).collect::<String>()) "…" } @else { (name) }
                    }
                }
            }
        }
    }

    fn holder(&self, holder: Holder) -> String {
        match holder {
            Holder::Role(role) => self.role(role).into_owned(),
            Holder::Several => "several roles".to_owned(),
            Holder::NoRole => "owners of no role".to_owned(),
            Holder::Nobody => "nobody (ownerless)".to_owned(),
            Holder::Unmatched => "nobody (unmatched)".to_owned(),
        }
    }

    fn colour(&self, holder: Holder) -> String {
        match holder {
            Holder::Role(role) => {
                let at = self.picture.roles.iter().position(|known| *known == role).unwrap_or(COLOURS);
                format!("role-{}", at.min(COLOURS - 1))
            }
            Holder::Several => "several".to_owned(),
            Holder::NoRole => "no-role".to_owned(),
            Holder::Nobody => "ownerless".to_owned(),
            Holder::Unmatched => "unmatched".to_owned(),
        }
    }
}

fn name(tile: &Tile) -> String {
    match tile.path.as_slice() {
        b"" => "/".to_owned(),
        path => format!("{}/", sanitize::bytes(path)),
    }
}

/// How many letters of 13 units, about 7 wide, a tile has room for.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width is between 0 and 1000")]
fn letters(width: f64) -> usize {
    ((width - 12.0) / 7.0).max(0.0) as usize
}

/// Two decimals are finer than any screen.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
