'use client';
import { createContext } from 'react';

/** Where to go once a task is decided: the inbox opens the next one. Absent: the page stays and shows the decision. */
export const AfterDecision = createContext<((taskId: string) => void) | null>(null);
