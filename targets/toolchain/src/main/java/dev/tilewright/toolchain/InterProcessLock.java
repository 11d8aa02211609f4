package dev.tilewright.toolchain;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A lock that excludes other JVMs, other threads and other class loaders of this JVM, and that the
 * operating system releases when its holder is killed. It polls, so that waiting can be interrupted
 * and ends.
 */
final class InterProcessLock implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final long POLL_MILLIS = 10;

  private final FileChannel channel;

  private InterProcessLock(FileChannel channel) {
    this.channel = channel;
  }

  static InterProcessLock acquire(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!tryLock(channel)) {
        if (System.nanoTime() > deadline) {
          throw new ToolchainException(
              "Another process has held "
                  + file
                  + " for "
                  + PATIENCE.toMinutes()
                  + " minutes: end it, or use another cache. "
                  + CacheLocation.ADVICE);
        }
        Thread.sleep(POLL_MILLIS);
      }
      return new InterProcessLock(channel);
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new ToolchainException("Interrupted while waiting for " + file + ".", e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldInThisJvm) {
      return false;
    }
  }

  /**
   * Closing the channel releases the lock. The file stays: deleting it would let two processes lock
   * two files.
   */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
