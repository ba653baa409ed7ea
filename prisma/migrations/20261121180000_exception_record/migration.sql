-- AlterTable
ALTER TABLE "job_exceptions" ADD COLUMN     "record" TEXT;
