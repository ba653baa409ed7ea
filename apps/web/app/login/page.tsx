import type { Metadata } from 'next'
import { LoginPage } from '@/features/login/login-page.tsx'

export const metadata: Metadata = { title: 'Log in' }

export default function Login() {
  return <LoginPage />
}
