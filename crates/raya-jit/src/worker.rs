//! The compiler thread.
//!
//! Jobs are plain data; results are machine code without an address. Cranelift's
//! target is made here at the first job, so that start-up does not pay for it, and
//! Cranelift never runs on a program's stack.

use crate::code::blob::Blob;
use crate::code::object::CodeObject;
use crate::compile::{Compiled, Compiler, Request};
use crate::error::JitError;
use crate::isa;
use crate::snapshot::{Interface, Snapshot};
use crate::translate::{Blocked, Job, Linkage};
use cranelift_codegen::isa::OwnedTargetIsa;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Native stack of the compiler thread.
const STACK: usize = 16 << 20;

/// Something to compile.
pub struct Order {
    /// The function and what may be inlined.
    pub snapshot: Arc<Snapshot>,
    /// Which entries.
    pub request: Request,
    /// Checks that are to be ordinary code.
    pub blocked: Blocked,
    /// The valid byte of the code.
    pub valid: Arc<AtomicU8>,
    /// Keep CLIF and assembly as text.
    pub dump: bool,
}

/// What became of an [`Order`].
pub struct Delivery {
    /// See [`Order`].
    pub snapshot: Arc<Snapshot>,
    /// See [`Order`].
    pub request: Request,
    /// See [`Order`].
    pub valid: Arc<AtomicU8>,
    /// First site number of the code.
    pub site_base: u32,
    /// The code, or why there is none.
    pub result: Result<Compiled, JitError>,
    /// Thunks of callees that had no native entry.
    pub thunks: Vec<(usize, Blob)>,
}

/// The thread and its queues.
pub struct Worker {
    orders: Sender<Order>,
    deliveries: Receiver<Delivery>,
    pending: usize,
}

impl Worker {
    /// Starts the thread.
    pub fn start(linkage: Linkage, verify: bool) -> std::io::Result<Worker> {
        let (orders, inbox) = channel::<Order>();
        let (outbox, deliveries) = channel();
        thread::Builder::new()
            .name("raya-jit".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                let mut shop = Shop::new(linkage, verify);
                while let Ok(order) = inbox.recv() {
                    if outbox.send(shop.fill(order)).is_err() {
                        break; // the engine is gone
                    }
                }
            })?;
        Ok(Worker {
            orders,
            deliveries,
            pending: 0,
        })
    }

    /// Hands an order over.
    pub fn order(&mut self, order: Order) {
        if self.orders.send(order).is_ok() {
            self.pending += 1;
        }
    }

    /// A finished job, if there is one; with `wait`, as soon as there is one, and `None`
    /// only when nothing is under way.
    pub fn collect(&mut self, wait: bool) -> Option<Delivery> {
        if self.pending == 0 {
            return None;
        }
        let delivery = if wait {
            self.deliveries.recv().ok()
        } else {
            self.deliveries.try_recv().ok()
        };
        self.pending -= usize::from(delivery.is_some());
        delivery
    }

    /// Jobs under way.
    pub fn pending(&self) -> usize {
        self.pending
    }
}

/// The thread's own state.
struct Shop {
    linkage: Linkage,
    /// Run Cranelift's verifier.
    verify: bool,
    isa: Option<OwnedTargetIsa>,
    compiler: Compiler,
    next_site: u32,
}

impl Shop {
    fn new(linkage: Linkage, verify: bool) -> Shop {
        Shop {
            linkage,
            verify,
            isa: None,
            compiler: Compiler::default(),
            next_site: 0,
        }
    }

    fn fill(&mut self, order: Order) -> Delivery {
        let site_base = self.next_site;
        let mut thunks = Vec::new();
        let result = self.compile(&order, &mut thunks);
        if let Ok(compiled) = &result {
            self.next_site += CodeObject::numbers(&compiled.tables);
        }
        Delivery {
            snapshot: order.snapshot,
            request: order.request,
            valid: order.valid,
            site_base,
            result,
            thunks,
        }
    }

    fn compile(
        &mut self,
        order: &Order,
        thunks: &mut Vec<(usize, Blob)>,
    ) -> Result<Compiled, JitError> {
        if self.isa.is_none() {
            self.isa = Some(isa::target(self.verify)?);
        }
        let Some(isa) = &self.isa else {
            return Err(JitError::Unsupported("no target".to_owned()));
        };
        let job = Job {
            snapshot: &order.snapshot,
            linkage: &self.linkage,
            site_base: self.next_site,
            blocked: &order.blocked,
            valid: match order.snapshot.relies() {
                true => order.valid.as_ptr() as usize,
                false => 0,
            },
            direct_self: order.request.calls,
            isa: &**isa,
        };
        let compiled = self.compiler.run(&job, order.request, order.dump)?;
        let mut callees: Vec<(&usize, &Interface)> = compiled.tables.callees.iter().collect();
        callees.sort_unstable_by_key(|c| c.0);
        let own = (&order.snapshot.info, &order.snapshot.interface);
        if order.request.calls && !callees.iter().any(|c| c.0 == own.0) {
            // What its callers get should the code become invalid.
            callees.push(own);
        }
        for (&info, interface) in callees {
            let piece = self
                .compiler
                .thunk(info, interface, &self.linkage, &**isa)?;
            thunks.push((
                info,
                Blob {
                    pieces: vec![piece],
                },
            ));
        }
        Ok(compiled)
    }
}
