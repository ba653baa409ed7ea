-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "records_in" BIGINT,
ADD COLUMN     "records_out" BIGINT;

-- CreateTable
CREATE TABLE "job_figures" (
    "job_id" TEXT NOT NULL,
    "figures" JSON NOT NULL,
    "charts" JSON,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_figures_pkey" PRIMARY KEY ("job_id")
);

-- CreateIndex
CREATE INDEX "job_figures_at_idx" ON "job_figures"("at" DESC);

-- AddForeignKey
ALTER TABLE "job_figures" ADD CONSTRAINT "job_figures_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
