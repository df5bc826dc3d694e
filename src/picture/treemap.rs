//! Rectangles for sizes: Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).

/// A place in thousandths of the picture's sides.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rectangle {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

const SIDE: f64 = 1000.0;

#[expect(clippy::cast_precision_loss, reason = "no listing has 2^52 files")]
fn real(size: usize) -> f64 {
    size as f64
}

/// A rectangle for each size, in the same order; the sizes descend and none is 0.
pub(super) fn squarified(sizes: &[usize]) -> Vec<Rectangle> {
    let total: usize = sizes.iter().sum();
    let scale = SIDE * SIDE / real(total.max(1));
    let areas: Vec<f64> = sizes.iter().map(|&size| real(size) * scale).collect();
    let mut free = Rectangle { x: 0.0, y: 0.0, width: SIDE, height: SIDE };
    let mut placed = Vec::with_capacity(sizes.len());
    let mut start = 0;
    while start < areas.len() {
        let side = free.width.min(free.height);
        let mut end = start + 1;
        // A row takes one more as long as that makes its worst rectangle no worse.
        while end < areas.len() && worst(&areas[start..=end], side) <= worst(&areas[start..end], side) {
            end += 1;
        }
        free = lay(&areas[start..end], free, &mut placed);
        start = end;
    }
    placed
}

/// The worst ratio of sides in a row along a side.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let ratio = |area: &f64| (side * side * area / (sum * sum)).max(sum * sum / (side * side * area));
    row.iter().map(ratio).fold(0.0, f64::max)
}

/// Lays a row along the shorter side; gives what is left free.
fn lay(row: &[f64], free: Rectangle, placed: &mut Vec<Rectangle>) -> Rectangle {
    let sum: f64 = row.iter().sum();
    let Rectangle { mut x, mut y, width, height } = free;
    if width >= height {
        let thickness = if height > 0.0 { sum / height } else { 0.0 };
        for area in row {
            let length = if thickness > 0.0 { area / thickness } else { 0.0 };
            placed.push(Rectangle { x, y, width: thickness, height: length });
            y += length;
        }
        Rectangle { x: free.x + thickness, y: free.y, width: (width - thickness).max(0.0), height }
    } else {
        let thickness = if width > 0.0 { sum / width } else { 0.0 };
        for area in row {
            let length = if thickness > 0.0 { area / thickness } else { 0.0 };
            placed.push(Rectangle { x, y, width: length, height: thickness });
            x += length;
        }
        Rectangle { x: free.x, y: free.y + thickness, width, height: (height - thickness).max(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_to_scale_and_fill_the_picture() {
        let sizes = [600, 300, 60, 30, 9, 1];
        let places = squarified(&sizes);
        assert_eq!(places.len(), sizes.len());
        for (size, place) in sizes.iter().zip(&places) {
            let area = place.width * place.height;
            assert!((area - real(*size) * 1000.0).abs() < 1.0, "{size}: {place:?}");
            assert!(place.x + place.width <= SIDE + 0.001 && place.y + place.height <= SIDE + 0.001, "{place:?}");
        }
        for (at, a) in places.iter().enumerate() {
            for b in &places[at + 1..] {
                let apart = a.x + a.width <= b.x + 0.001
                    || b.x + b.width <= a.x + 0.001
                    || a.y + a.height <= b.y + 0.001
                    || b.y + b.height <= a.y + 0.001;
                assert!(apart, "{a:?} {b:?}");
            }
        }
        assert_eq!(squarified(&[]), []);
    }
}
