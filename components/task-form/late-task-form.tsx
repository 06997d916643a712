'use client';
import './task-form.css';
import dynamic from 'next/dynamic';
import { Suspense, useState } from 'react';
import { useIsAlive } from '@/components/ui/once-alive';
import type { TaskFormProps } from './TaskForm';

const Late = dynamic(() => import('./TaskForm').then(({ TaskForm }) => TaskForm));

/**
 * The form of a task, for pages that have one only at times: what draws it is as large as all else they load. A page
 * that comes with a form has its fields from the start.
 */
export function LateTaskForm(props: TaskFormProps) {
  // Within a place for what is late, the server would send the skeleton first; and a place that comes or goes later
  // would take with it what is typed.
  const isAlive = useIsAlive();
  const [isFromServer] = useState(!isAlive);
  if (isFromServer) return <Late {...props} />;
  return (
    <Suspense fallback={<FormSkeleton />}>
      <Late {...props} />
    </Suspense>
  );
}

export function FormSkeleton() {
  return (
    <div className="sk-rows" role="status" aria-label="Loading the form">
      <span className="sk sk-60" />
      <span className="sk sk-90" />
      <span className="sk sk-75" />
    </div>
  );
}

/** Loads ahead what draws a form, while the task it belongs to is being read. */
export function expectTaskForm(): void {
  // A browser that cannot load it now says so where the form is drawn.
  void import('./TaskForm').catch(() => undefined);
}
