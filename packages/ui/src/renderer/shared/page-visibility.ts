// Whether anybody can see the page: what is hidden does no work.

/** Tells at once and at every change, until the returned function is called. */
export function watchVisibility(listener: (isVisible: boolean) => void): () => void {
  const tell = () => listener(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', tell);
  tell();
  return () => document.removeEventListener('visibilitychange', tell);
}
