CREATE TABLE "product_mappings" (
	"tenant_id" text NOT NULL,
	"product_id" text NOT NULL,
	"quickbooks_item" text NOT NULL,
	"added_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "product_mappings_tenant_id_product_id_pk" PRIMARY KEY("tenant_id","product_id")
);
--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD COLUMN "quickbooks_item" text;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "booking_requested_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "booked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "product_mappings" ADD CONSTRAINT "product_mappings_tenant_id_tenants_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invoices_to_book" ON "invoices" USING btree ("tenant_id","created_at") WHERE "invoices"."status" = 'approved' AND "invoices"."booking_requested_at" IS NULL;--> statement-breakpoint
-- Database actions read and add mappings of their own tenant.
GRANT SELECT, INSERT ON product_mappings TO baton_tenant;--> statement-breakpoint
ALTER TABLE product_mappings ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY product_mappings_of_tenant ON product_mappings TO baton_tenant
  USING (tenant_id = current_setting('baton.tenant', true))
  WITH CHECK (tenant_id = current_setting('baton.tenant', true));
