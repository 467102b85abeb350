export function useRef<T>(first: T): { current: T };
export function useState<T>(first: T): [T, (next: T | ((before: T) => T)) => void];
export function useEffect(act: () => void | (() => void), when?: unknown[]): void;
