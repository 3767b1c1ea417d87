// A small operating system, simulated: tasks of four kinds pass packets through queues
// under a scheduler that always runs the most urgent one. Virtual calls, linked lists and
// objects whose fields change all the time.

const size = 900; // small: 30

const IDLE = 0;
const WORKER = 1;
const HANDLER_A = 2;
const HANDLER_B = 3;
const DEVICE_A = 4;
const DEVICE_B = 5;
const TASK_COUNT = 6;

const KIND_DEVICE = 0;
const KIND_WORK = 1;

const PACKET_BYTES = 4;

class Packet {
  link: Packet | null;
  owner: number;
  kind: number;
  position: number;
  bytes: number[];

  constructor(link: Packet | null, owner: number, kind: number) {
    this.link = link;
    this.owner = owner;
    this.kind = kind;
    this.position = 0;
    this.bytes = [];
    for (let i = 0; i < PACKET_BYTES; i++) {
      this.bytes.push(0);
    }
  }

  // Puts this packet at the end of a queue and gives the queue's head.
  appendTo(queue: Packet | null): Packet {
    this.link = null;
    if (queue === null) {
      return this;
    }
    let last: Packet = queue;
    while (last.link !== null) {
      last = last.link;
    }
    last.link = this;
    return queue;
  }
}

// What runs when a task gets its turn. `packet` is the head of its queue, if there is one.
abstract class Behaviour {
  scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  abstract run(packet: Packet | null): Task | null;
}

class Task {
  next: Task | null;
  id: number;
  priority: number;
  queue: Packet | null;
  behaviour: Behaviour;
  waiting: boolean;
  held: boolean;

  constructor(next: Task | null, id: number, priority: number, queue: Packet | null, behaviour: Behaviour, waiting: boolean) {
    this.next = next;
    this.id = id;
    this.priority = priority;
    this.queue = queue;
    this.behaviour = behaviour;
    this.waiting = waiting;
    this.held = false;
  }

  blocked(): boolean {
    return this.held || (this.waiting && this.queue === null);
  }

  // One turn: takes a packet when there is one, and lets the behaviour decide who is next.
  turn(): Task | null {
    const packet = this.queue;
    if (packet !== null && this.waiting) {
      this.queue = packet.link;
      this.waiting = false;
      return this.behaviour.run(packet);
    }
    return this.behaviour.run(null);
  }

  // Receives a packet. Gives the task that should run next.
  receive(current: Task, packet: Packet): Task {
    if (this.queue === null) {
      this.queue = packet;
      if (this.priority > current.priority) {
        return this;
      }
    } else {
      packet.appendTo(this.queue);
    }
    return current;
  }
}

class Scheduler {
  queued: number;
  holds: number;
  table: (Task | null)[];
  first: Task | null;
  current: Task | null;

  constructor() {
    this.queued = 0;
    this.holds = 0;
    this.table = [];
    for (let i = 0; i < TASK_COUNT; i++) {
      this.table.push(null);
    }
    this.first = null;
    this.current = null;
  }

  add(id: number, priority: number, queue: Packet | null, behaviour: Behaviour, waiting: boolean): void {
    const task = new Task(this.first, id, priority, queue, behaviour, waiting);
    this.first = task;
    this.table[id] = task;
  }

  run(): void {
    let task = this.first;
    while (task !== null) {
      if (task.blocked()) {
        task = task.next;
      } else {
        this.current = task;
        task = task.turn();
      }
    }
  }

  running(): Task {
    const task = this.current;
    if (task === null) {
      throw new Error("no task is running");
    }
    return task;
  }

  wait(): Task {
    const task = this.running();
    task.waiting = true;
    return task;
  }

  hold(): Task | null {
    this.holds++;
    const task = this.running();
    task.held = true;
    return task.next;
  }

  release(id: number): Task | null {
    const task = this.table[id];
    if (task === null) {
      return null;
    }
    task.held = false;
    const current = this.running();
    return task.priority > current.priority ? task : current;
  }

  send(packet: Packet): Task | null {
    const target = this.table[packet.owner];
    if (target === null) {
      return null;
    }
    this.queued++;
    packet.link = null;
    const current = this.running();
    packet.owner = current.id;
    return target.receive(current, packet);
  }
}

// Releases one of the devices at every turn, in an order that a shift register makes up.
class Idle extends Behaviour {
  register: number;
  remaining: number;

  constructor(scheduler: Scheduler, register: number, remaining: number) {
    super(scheduler);
    this.register = register;
    this.remaining = remaining;
  }

  run(packet: Packet | null): Task | null {
    this.remaining--;
    if (this.remaining === 0) {
      return this.scheduler.hold();
    }
    if ((this.register & 1) === 0) {
      this.register = this.register >> 1;
      return this.scheduler.release(DEVICE_A);
    }
    this.register = (this.register >> 1) ^ 0xd008;
    return this.scheduler.release(DEVICE_B);
  }
}

// Fills each packet with letters and sends it to the handlers in turn.
class Worker extends Behaviour {
  target: number;
  letter: number;

  constructor(scheduler: Scheduler, target: number) {
    super(scheduler);
    this.target = target;
    this.letter = 0;
  }

  run(packet: Packet | null): Task | null {
    if (packet === null) {
      return this.scheduler.wait();
    }
    this.target = this.target === HANDLER_A ? HANDLER_B : HANDLER_A;
    packet.owner = this.target;
    packet.position = 0;
    for (let i = 0; i < PACKET_BYTES; i++) {
      this.letter = this.letter === 26 ? 1 : this.letter + 1;
      packet.bytes[i] = this.letter;
    }
    return this.scheduler.send(packet);
  }
}

// Feeds the bytes of work packets, one at a time, to a device.
class Handler extends Behaviour {
  work: Packet | null;
  idle: Packet | null;

  constructor(scheduler: Scheduler) {
    super(scheduler);
    this.work = null;
    this.idle = null;
  }

  run(packet: Packet | null): Task | null {
    if (packet !== null) {
      if (packet.kind === KIND_WORK) {
        this.work = packet.appendTo(this.work);
      } else {
        this.idle = packet.appendTo(this.idle);
      }
    }
    const work = this.work;
    if (work !== null) {
      const position = work.position;
      if (position >= PACKET_BYTES) {
        this.work = work.link;
        return this.scheduler.send(work);
      }
      const carrier = this.idle;
      if (carrier !== null) {
        this.idle = carrier.link;
        carrier.position = work.bytes[position];
        work.position = position + 1;
        return this.scheduler.send(carrier);
      }
    }
    return this.scheduler.wait();
  }
}

// Holds itself until released, then gives the packet back.
class Device extends Behaviour {
  pending: Packet | null;

  constructor(scheduler: Scheduler) {
    super(scheduler);
    this.pending = null;
  }

  run(packet: Packet | null): Task | null {
    if (packet !== null) {
      this.pending = packet;
      return this.scheduler.hold();
    }
    const done = this.pending;
    if (done === null) {
      return this.scheduler.wait();
    }
    this.pending = null;
    return this.scheduler.send(done);
  }
}

function packets(count: number, owner: number, kind: number): Packet | null {
  let head: Packet | null = null;
  for (let i = 0; i < count; i++) {
    head = new Packet(head, owner, kind);
  }
  return head;
}

function simulate(): Scheduler {
  const scheduler = new Scheduler();
  scheduler.add(IDLE, 0, null, new Idle(scheduler, 1, 10000), false);
  scheduler.add(WORKER, 1000, packets(2, WORKER, KIND_WORK), new Worker(scheduler, HANDLER_A), true);
  scheduler.add(HANDLER_A, 2000, packets(3, DEVICE_A, KIND_DEVICE), new Handler(scheduler), true);
  scheduler.add(HANDLER_B, 3000, packets(3, DEVICE_B, KIND_DEVICE), new Handler(scheduler), true);
  scheduler.add(DEVICE_A, 4000, null, new Device(scheduler), true);
  scheduler.add(DEVICE_B, 5000, null, new Device(scheduler), true);
  scheduler.run();
  return scheduler;
}

let queued = 0;
let holds = 0;
for (let round = 0; round < size; round++) {
  const scheduler = simulate();
  queued += scheduler.queued;
  holds += scheduler.holds;
}
console.log(queued, holds);
