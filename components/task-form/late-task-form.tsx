'use client';
import './task-form.css';
import { lazy, Suspense } from 'react';
import type { TaskFormProps } from './TaskForm';

const Late = lazy(() => import('./TaskForm').then(({ TaskForm }) => ({ default: TaskForm })));

/** A form on a page that has other things to do first: what draws it is loaded when it is there to be drawn. */
export function LateTaskForm(props: TaskFormProps) {
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
