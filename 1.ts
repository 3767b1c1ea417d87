type int = number;
declare function int(x: number): number;
