// An incremental solver for one-way constraints of different strengths (the DeltaBlue
// algorithm): abstract classes, small arrays of objects, calls that cannot be resolved
// statically.

const size = 8000; // small: 150

// Strengths, the smaller the stronger.
const REQUIRED = 0;
const PREFERRED = 2;
const NORMAL = 4;
const WEAK = 5;
const WEAKEST = 6;

function weaker(a: number, b: number): boolean {
  return a > b;
}

class Variable {
  value: number;
  constraints: Constraint[];
  determinedBy: Constraint | null;
  mark: number;
  walkStrength: number;
  stay: boolean;

  constructor(value: number) {
    this.value = value;
    this.constraints = [];
    this.determinedBy = null;
    this.mark = 0;
    this.walkStrength = WEAKEST;
    this.stay = true;
  }

  detach(constraint: Constraint): void {
    this.constraints = this.constraints.filter((c) => c !== constraint);
    if (this.determinedBy === constraint) {
      this.determinedBy = null;
    }
  }
}

abstract class Constraint {
  strength: number;

  constructor(strength: number) {
    this.strength = strength;
  }

  abstract attach(): void;
  abstract detach(): void;
  // Picks the output that this constraint may overwrite; false when there is none.
  abstract chooseMethod(mark: number): boolean;
  abstract satisfied(): boolean;
  abstract release(): void;
  abstract markInputs(mark: number): void;
  abstract inputsKnown(mark: number): boolean;
  abstract output(): Variable;
  // Strength and stay flag of the output follow from those of the inputs.
  abstract propagate(): void;
  abstract execute(): void;

  isInput(): boolean {
    return false;
  }

  add(solver: Solver): void {
    this.attach();
    solver.incrementalAdd(this);
  }

  destroy(solver: Solver): void {
    if (this.satisfied()) {
      solver.incrementalRemove(this);
    } else {
      this.detach();
    }
  }
}

abstract class UnaryConstraint extends Constraint {
  target: Variable;
  active: boolean;

  constructor(target: Variable, strength: number) {
    super(strength);
    this.target = target;
    this.active = false;
  }

  attach(): void {
    this.target.constraints.push(this);
    this.active = false;
  }

  detach(): void {
    this.target.detach(this);
    this.active = false;
  }

  chooseMethod(mark: number): boolean {
    this.active = this.target.mark !== mark && weaker(this.target.walkStrength, this.strength);
    return this.active;
  }

  satisfied(): boolean {
    return this.active;
  }

  release(): void {
    this.active = false;
  }

  markInputs(mark: number): void {}

  inputsKnown(mark: number): boolean {
    return true;
  }

  output(): Variable {
    return this.target;
  }

  propagate(): void {
    this.target.walkStrength = this.strength;
    this.target.stay = !this.isInput();
    if (this.target.stay) {
      this.execute();
    }
  }
}

class StayConstraint extends UnaryConstraint {
  execute(): void {}
}

class EditConstraint extends UnaryConstraint {
  isInput(): boolean {
    return true;
  }

  execute(): void {}
}

const NO_DIRECTION = 0;
const FORWARD = 1;
const BACKWARD = 2;

abstract class BinaryConstraint extends Constraint {
  first: Variable;
  second: Variable;
  direction: number;

  constructor(first: Variable, second: Variable, strength: number) {
    super(strength);
    this.first = first;
    this.second = second;
    this.direction = NO_DIRECTION;
  }

  attach(): void {
    this.first.constraints.push(this);
    this.second.constraints.push(this);
    this.direction = NO_DIRECTION;
  }

  detach(): void {
    this.first.detach(this);
    this.second.detach(this);
    this.direction = NO_DIRECTION;
  }

  chooseMethod(mark: number): boolean {
    const a = this.first;
    const b = this.second;
    const canForward = b.mark !== mark && weaker(b.walkStrength, this.strength);
    const canBackward = a.mark !== mark && weaker(a.walkStrength, this.strength);
    if (a.mark === mark) {
      this.direction = canForward ? FORWARD : NO_DIRECTION;
    } else if (b.mark === mark) {
      this.direction = canBackward ? BACKWARD : NO_DIRECTION;
    } else if (weaker(a.walkStrength, b.walkStrength)) {
      this.direction = canBackward ? BACKWARD : NO_DIRECTION;
    } else {
      this.direction = canForward ? FORWARD : canBackward ? BACKWARD : NO_DIRECTION;
    }
    return this.direction !== NO_DIRECTION;
  }

  satisfied(): boolean {
    return this.direction !== NO_DIRECTION;
  }

  release(): void {
    this.direction = NO_DIRECTION;
  }

  input(): Variable {
    return this.direction === FORWARD ? this.first : this.second;
  }

  output(): Variable {
    return this.direction === FORWARD ? this.second : this.first;
  }

  markInputs(mark: number): void {
    this.input().mark = mark;
  }

  inputsKnown(mark: number): boolean {
    const input = this.input();
    return input.mark === mark || input.stay || input.determinedBy === null;
  }

  propagate(): void {
    const input = this.input();
    const output = this.output();
    output.walkStrength = Math.max(this.strength, input.walkStrength);
    output.stay = input.stay;
    if (output.stay) {
      this.execute();
    }
  }
}

class EqualConstraint extends BinaryConstraint {
  execute(): void {
    this.output().value = this.input().value;
  }
}

// second = first * scale + offset
class ScaleConstraint extends BinaryConstraint {
  scale: Variable;
  offset: Variable;

  constructor(first: Variable, scale: Variable, offset: Variable, second: Variable, strength: number) {
    super(first, second, strength);
    this.scale = scale;
    this.offset = offset;
  }

  attach(): void {
    super.attach();
    this.scale.constraints.push(this);
    this.offset.constraints.push(this);
  }

  detach(): void {
    super.detach();
    this.scale.detach(this);
    this.offset.detach(this);
  }

  markInputs(mark: number): void {
    super.markInputs(mark);
    this.scale.mark = mark;
    this.offset.mark = mark;
  }

  execute(): void {
    if (this.direction === FORWARD) {
      this.second.value = this.first.value * this.scale.value + this.offset.value;
    } else {
      this.first.value = (this.second.value - this.offset.value) / this.scale.value;
    }
  }

  propagate(): void {
    const input = this.input();
    const output = this.output();
    output.walkStrength = Math.max(this.strength, input.walkStrength);
    output.stay = input.stay && this.scale.stay && this.offset.stay;
    if (output.stay) {
      this.execute();
    }
  }
}

class Solver {
  mark: number;

  constructor() {
    this.mark = 1;
  }

  incrementalAdd(constraint: Constraint): void {
    const mark = this.nextMark();
    let overridden = this.satisfy(constraint, mark);
    while (overridden !== null) {
      overridden = this.satisfy(overridden, mark);
    }
  }

  incrementalRemove(constraint: Constraint): void {
    const output = constraint.output();
    constraint.release();
    constraint.detach();
    const unsatisfied = this.removePropagateFrom(output);
    for (let strength = REQUIRED; strength <= WEAKEST; strength++) {
      for (const candidate of unsatisfied) {
        if (candidate.strength === strength) {
          this.incrementalAdd(candidate);
        }
      }
    }
  }

  // Makes `constraint` hold, and gives the weaker one that it pushed out.
  satisfy(constraint: Constraint, mark: number): Constraint | null {
    if (!constraint.chooseMethod(mark)) {
      if (constraint.strength === REQUIRED) {
        throw new Error("a required constraint cannot be satisfied");
      }
      return null;
    }
    constraint.markInputs(mark);
    const output = constraint.output();
    const overridden = output.determinedBy;
    if (overridden !== null) {
      overridden.release();
    }
    output.determinedBy = constraint;
    if (!this.addPropagate(constraint, mark)) {
      throw new Error("a cycle of constraints");
    }
    output.mark = mark;
    return overridden;
  }

  addPropagate(constraint: Constraint, mark: number): boolean {
    const todo: Constraint[] = [constraint];
    let next = todo.pop();
    while (next) {
      const output = next.output();
      if (output.mark === mark) {
        this.incrementalRemove(constraint);
        return false;
      }
      next.propagate();
      this.addConsuming(output, todo);
      next = todo.pop();
    }
    return true;
  }

  removePropagateFrom(start: Variable): Constraint[] {
    start.determinedBy = null;
    start.walkStrength = WEAKEST;
    start.stay = true;
    const unsatisfied: Constraint[] = [];
    const todo: Variable[] = [start];
    let variable = todo.pop();
    while (variable) {
      for (const constraint of variable.constraints) {
        if (!constraint.satisfied()) {
          unsatisfied.push(constraint);
        }
      }
      const determining = variable.determinedBy;
      for (const constraint of variable.constraints) {
        if (constraint !== determining && constraint.satisfied()) {
          constraint.propagate();
          todo.push(constraint.output());
        }
      }
      variable = todo.pop();
    }
    return unsatisfied;
  }

  // The order in which to execute what depends on the given sources.
  plan(sources: Constraint[]): Constraint[] {
    const mark = this.nextMark();
    const steps: Constraint[] = [];
    const todo = sources;
    let constraint = todo.pop();
    while (constraint) {
      if (constraint.output().mark !== mark && constraint.inputsKnown(mark)) {
        steps.push(constraint);
        constraint.output().mark = mark;
        this.addConsuming(constraint.output(), todo);
      }
      constraint = todo.pop();
    }
    return steps;
  }

  planFor(variables: Variable[]): Constraint[] {
    const sources: Constraint[] = [];
    for (const variable of variables) {
      for (const constraint of variable.constraints) {
        if (constraint.isInput() && constraint.satisfied()) {
          sources.push(constraint);
        }
      }
    }
    return this.plan(sources);
  }

  addConsuming(variable: Variable, into: Constraint[]): void {
    const determining = variable.determinedBy;
    for (const constraint of variable.constraints) {
      if (constraint !== determining && constraint.satisfied()) {
        into.push(constraint);
      }
    }
  }

  nextMark(): number {
    this.mark++;
    return this.mark;
  }
}

function execute(steps: Constraint[]): void {
  for (const step of steps) {
    step.execute();
  }
}

function change(solver: Solver, variable: Variable, value: number): void {
  const edit = new EditConstraint(variable, PREFERRED);
  edit.add(solver);
  const steps = solver.planFor([variable]);
  for (let i = 0; i < 10; i++) {
    variable.value = value + i;
    execute(steps);
  }
  edit.destroy(solver);
}

// A chain of equalities: what is put in at the head must come out at the tail.
function chain(length: number): number {
  const solver = new Solver();
  const variables: Variable[] = [];
  for (let i = 0; i <= length; i++) {
    const variable = new Variable(0);
    if (i > 0) {
      new EqualConstraint(variables[i - 1], variable, REQUIRED).add(solver);
    }
    variables.push(variable);
  }
  const head = variables[0];
  const tail = variables[length];
  new StayConstraint(tail, NORMAL).add(solver);
  const edit = new EditConstraint(head, PREFERRED);
  edit.add(solver);
  const steps = solver.planFor([head]);
  let sum = 0;
  for (let i = 0; i < 100; i++) {
    head.value = i;
    execute(steps);
    if (tail.value !== i) {
      throw new Error(`chain: ${tail.value} instead of ${i}`);
    }
    sum += tail.value;
  }
  edit.destroy(solver);
  return sum;
}

// Many scalings that share a factor and an offset, changed from both ends.
function projection(count: number): number {
  const solver = new Solver();
  const scale = new Variable(10);
  const offset = new Variable(1000);
  const targets: Variable[] = [];
  let source = new Variable(0);
  let target = new Variable(0);
  for (let i = 0; i < count; i++) {
    source = new Variable(i);
    target = new Variable(i);
    targets.push(target);
    new StayConstraint(source, NORMAL).add(solver);
    new ScaleConstraint(source, scale, offset, target, REQUIRED).add(solver);
  }
  change(solver, source, 8);
  if (target.value !== 1170) {
    throw new Error(`projection: target ${target.value}`);
  }
  change(solver, target, 1041);
  if (source.value !== 5) {
    throw new Error(`projection: source ${source.value}`);
  }
  change(solver, scale, 5);
  for (let i = 0; i < count - 1; i++) {
    if (targets[i].value !== i * 14 + 1000) {
      throw new Error(`projection: scaled ${targets[i].value}`);
    }
  }
  change(solver, offset, 2000);
  let sum = 0;
  for (let i = 0; i < count - 1; i++) {
    if (targets[i].value !== i * 14 + 2009) {
      throw new Error(`projection: moved ${targets[i].value}`);
    }
    sum += targets[i].value;
  }
  return sum;
}

let checksum = 0;
for (let round = 0; round < size; round++) {
  checksum = (checksum * 31 + chain(100) + projection(100)) % 1000003;
}
console.log(checksum);
