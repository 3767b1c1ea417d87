class Account {
  private balance: number = 0;
  readonly owner: string = "ada";
  protected limit: number = 1;
  static count: number = 0;
  get size(): number { return 1; }
}
const a = new Account();
console.log(a.balnce, a.balance, a.limit);
a.owner = "bob";
a.size = 2;
a.count;
Account.total;
console.log([1].lenght, "a".size, (5).length);
delete a.owner;
const o = { x: 1 };
o.y = 2;
console.log(o["z"]);
const { q } = o;
interface Named { name: string }
const named: Named = { nme: "x" };
