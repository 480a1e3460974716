// Copies a text and says that it did.

import { type ReactNode, useEffect, useState } from 'react';
import { texts } from '../texts.ts';
import { Button } from './button.tsx';
import { useToast } from './toast.tsx';

/** Long enough to be read, short enough for the next copy to be said again. */
const SAID_MS = 2_500;

interface CopyButtonProps {
  readonly text: string;
  readonly compact?: boolean;
  readonly children: ReactNode;
}

export function CopyButton({ text, compact = false, children }: CopyButtonProps) {
  const toast = useToast();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(() => setCopied(false), SAID_MS);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast({ tone: 'warn', title: texts.everywhere.notCopied });
    }
  };
  return (
    <>
      <Button compact={compact} icon={isCopied ? 'check' : 'copy'} onClick={() => void copy()}>
        {isCopied ? texts.everywhere.copied : children}
      </Button>
      <span className="visually-hidden" role="status">
        {isCopied && texts.everywhere.copied}
      </span>
    </>
  );
}
