//! The joined table: path → artefact, area, winning entry, owners, roles.
