//! Immediate dominators, by the iterative algorithm over reverse postorder
//! (Cooper, Harvey and Kennedy): functions are small and it needs no other data.

use super::graph::{Graph, NodeId};

/// The immediate dominator of every node; the entry's is itself.
pub fn immediate_dominators(graph: &Graph) -> Vec<NodeId> {
    let mut idom: Vec<Option<NodeId>> = vec![None; graph.nodes.len()];
    idom[graph.entry.index()] = Some(graph.entry);
    let mut changed = true;
    while changed {
        changed = false;
        for &n in &graph.rpo {
            if n == graph.entry {
                continue;
            }
            let mut new = None;
            for &p in &graph[n].preds {
                if idom[p.index()].is_some() {
                    new = Some(match new {
                        None => p,
                        Some(q) => intersect(graph, &idom, p, q),
                    });
                }
            }
            if new.is_some() && idom[n.index()] != new {
                idom[n.index()] = new;
                changed = true;
            }
        }
    }
    // Every node is reachable, so each has got one.
    idom.into_iter().map(|d| d.unwrap_or(graph.entry)).collect()
}

/// Whether `a` dominates `b`.
pub fn dominates(graph: &Graph, idom: &[NodeId], a: NodeId, mut b: NodeId) -> bool {
    while graph[b].order > graph[a].order {
        b = idom[b.index()];
    }
    a == b
}

fn intersect(graph: &Graph, idom: &[Option<NodeId>], mut a: NodeId, mut b: NodeId) -> NodeId {
    let up = |n: NodeId| idom[n.index()].unwrap_or(graph.entry);
    while a != b {
        while graph[a].order > graph[b].order {
            a = up(a);
        }
        while graph[b].order > graph[a].order {
            b = up(b);
        }
    }
    a
}
