//! Which layer a node stands in.

/// The edges with those turned round that close a cycle; loops stay as they are.
pub(super) fn without_cycles(count: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, (from, _)) in edges.iter().enumerate() {
        out[*from].push(index);
    }
    let mut state = vec![State::New; count];
    let mut forward = edges.to_vec();
    for start in 0..count {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.last_mut() {
            let Some(edge) = out[*node].get(*next).copied() else {
                state[*node] = State::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            let (from, to) = edges[edge];
            match state[to] {
                State::New => {
                    state[to] = State::Open;
                    stack.push((to, 0));
                }
                State::Open => forward[edge] = (to, from),
                State::Done => {}
            }
        }
    }
    forward
}

/// Layers by longest path; what nothing flows into stands right before what it flows into.
pub(super) fn of(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for (from, to) in edges.iter().filter(|(from, to)| from != to) {
        out[*from].push(*to);
        waits[*to] += 1;
    }
    let roots: Vec<usize> = (0..count).filter(|node| waits[*node] == 0).collect();
    let mut layer = vec![0_usize; count];
    let mut ready = roots.clone();
    while let Some(node) = ready.pop() {
        for to in &out[node] {
            layer[*to] = layer[*to].max(layer[node] + 1);
            waits[*to] -= 1;
            if waits[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    for root in roots {
        if let Some(nearest) = out[root].iter().map(|to| layer[*to]).min() {
            layer[root] = nearest.saturating_sub(1);
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_opened_and_sources_stand_near() {
        let forward = without_cycles(4, &[(0, 1), (1, 2), (2, 0), (3, 2)]);
        assert_eq!(forward, [(0, 1), (1, 2), (0, 2), (3, 2)]);
        assert_eq!(of(4, &forward), [0, 1, 2, 1]);
    }
}
