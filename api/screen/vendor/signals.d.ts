export interface Signal<T> {
  value: T;
}
export function signal<T>(first: T): Signal<T>;
export function effect(act: () => void): () => void;
