-- CreateEnum
CREATE TYPE "draft_version_kind" AS ENUM ('edited', 'deployed', 'restored');

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "draft_id" TEXT;

-- AlterTable
ALTER TABLE "job_versions" ADD COLUMN     "places" JSON;

-- CreateTable
CREATE TABLE "drafts" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "edited_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_by" TEXT NOT NULL,
    "job_id" TEXT,
    "deployed_revision" INTEGER,

    CONSTRAINT "drafts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "draft_versions" (
    "draft_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "kind" "draft_version_kind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "job_id" TEXT,

    CONSTRAINT "draft_versions_pkey" PRIMARY KEY ("draft_id","revision")
);

-- CreateIndex
CREATE INDEX "drafts_edited_at_idx" ON "drafts"("edited_at" DESC);

-- CreateIndex
CREATE INDEX "drafts_job_id_idx" ON "drafts"("job_id");

-- CreateIndex
CREATE INDEX "draft_versions_job_id_idx" ON "draft_versions"("job_id");

-- CreateIndex
CREATE INDEX "jobs_draft_id_idx" ON "jobs"("draft_id");

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "drafts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft_versions" ADD CONSTRAINT "draft_versions_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "drafts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft_versions" ADD CONSTRAINT "draft_versions_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE SET NULL ON UPDATE CASCADE;
