//! The order within a layer, and how high each slot lies.

use super::{GAP_DOWN, Slot};

const SWEEPS: usize = 6;

/// The top of every slot; `chains` name slots that an edge connects, from left to right.
pub(super) fn tops(slots: &[Slot], chains: &[Vec<usize>]) -> Vec<f64> {
    let count = slots.iter().map(|slot| slot.layer + 1).max().unwrap_or(0);
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, slot) in slots.iter().enumerate() {
        columns[slot.layer].push(index);
    }
    let mut left: Vec<Vec<usize>> = vec![Vec::new(); slots.len()];
    let mut right = left.clone();
    for pair in chains.iter().flat_map(|chain| chain.windows(2)).filter(|pair| pair[0] != pair[1]) {
        right[pair[0]].push(pair[1]);
        left[pair[1]].push(pair[0]);
    }
    let mut middles = vec![0.0; slots.len()];
    for column in &columns {
        stack(slots, column, &mut middles);
    }
    // First the order: each slot goes where its neighbours are, looked at from both sides in turn. Then the heights.
    for round in 0..SWEEPS * 2 {
        let from_left = round % 2 == 0;
        let near = if from_left { &left } else { &right };
        for place in 0..count {
            let column = &mut columns[if from_left { place } else { count - 1 - place }];
            if round < SWEEPS {
                let mut wished: Vec<(f64, usize)> =
                    column.iter().map(|slot| (wish(near, &middles, *slot), *slot)).collect();
                wished.sort_by(|one, other| one.0.total_cmp(&other.0));
                *column = wished.into_iter().map(|(_, slot)| slot).collect();
                stack(slots, column, &mut middles);
            } else {
                settle(slots, column, near, &mut middles);
            }
        }
    }
    slots.iter().zip(middles).map(|(slot, middle)| middle - slot.height / 2.0).collect()
}

/// Where a slot would lie best: in the middle of its neighbours.
fn wish(near: &[Vec<usize>], middles: &[f64], slot: usize) -> f64 {
    let (sum, count) =
        near[slot].iter().fold((0.0, 0.0), |(sum, count), other| (sum + middles[*other], count + 1.0));
    if count > 0.0 { sum / count } else { middles[slot] }
}

/// One under the other, around zero.
fn stack(slots: &[Slot], column: &[usize], middles: &mut [f64]) {
    let whole: f64 = column.iter().map(|slot| slots[*slot].height + GAP_DOWN).sum();
    let mut top = -whole / 2.0;
    for slot in column {
        middles[*slot] = top + slots[*slot].height / 2.0;
        top += slots[*slot].height + GAP_DOWN;
    }
}

/// Moves the slots of a layer as near to where they would lie best as their order allows: where they would overlap,
/// they form a block that lies at the mean of its members' wishes.
fn settle(slots: &[Slot], column: &[usize], near: &[Vec<usize>], middles: &mut [f64]) {
    // Middle of each slot when the layer is packed from zero; only the difference to it is free.
    let mut packed = Vec::with_capacity(column.len());
    let mut top = 0.0;
    for slot in column {
        packed.push(top + slots[*slot].height / 2.0);
        top += slots[*slot].height + GAP_DOWN;
    }
    let mut blocks: Vec<(f64, f64)> = Vec::with_capacity(column.len());
    for (slot, packed) in column.iter().zip(&packed) {
        let (mut sum, mut members) = (wish(near, middles, *slot) - packed, 1.0);
        while let Some((above, size)) =
            blocks.last().copied().filter(|(above, size)| above / size > sum / members)
        {
            (sum, members) = (sum + above, members + size);
            blocks.pop();
        }
        blocks.push((sum, members));
    }
    let mut place = 0;
    for (sum, members) in blocks {
        let mut left = members;
        while left > 0.0 {
            middles[column[place]] = packed[place] + sum / members;
            (place, left) = (place + 1, left - 1.0);
        }
    }
}
